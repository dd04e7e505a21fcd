# The share of requests that failed on the server, for each page and in all.
# Pages over a threshold in percent are marked; if there are any, the exit status is 1.
#
#   awk -f error_rate.awk access.log
#   awk -v threshold=20 -f error_rate.awk access.log || echo "call somebody"

BEGIN {
    if (threshold == "") threshold = 5
}

{
    page = $6 " " $7
    sub(/^"/, "", page)
    sub(/\?.*/, "", page)
    if (!(page in requests)) order[++pages] = page
    requests[page]++
}

$9 >= 500 {
    errors[page]++
    failed++
}

END {
    for (i = 1; i <= pages; i++)
        report(order[i], errors[order[i]], requests[order[i]])
    report("all pages", failed, NR)
    exit (alarms > 0)
}

function report(what, bad, total,    rate) {
    rate = total ? 100 * bad / total : 0
    printf "%6.2f %%  %4d of %4d  %s", rate, bad, total, what
    if (rate > threshold) {
        printf "  <--"
        alarms++
    }
    print ""
}

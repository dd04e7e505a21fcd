# Requests that took longer than a limit in ms, as they happened, and how many they were.
#
#   awk -f slow_requests.awk access.log
#   awk -v limit=1000 -f slow_requests.awk access.log

BEGIN {
    if (limit == "") limit = 500
}

$11 > limit {
    slow++
    if ($11 > worst) worst = $11
    printf "%s  %5d ms  %s  %-4s %s\n", substr($4, 14), $11, $9, substr($6, 2), $7
}

END {
    printf "%d of %d requests took more than %d ms", slow, NR, limit
    print slow ? "; the slowest took " worst " ms." : "."
}

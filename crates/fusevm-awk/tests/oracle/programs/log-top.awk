#: files access.log
# The busiest clients and pages, the bytes and the errors of a web log.
{ hits[$1]++; page[$7]++; status[$9]++; if ($10 != "-") bytes[$1] += $10 }
function top(title, a, n,   k, best, i, done) {
    print title
    for (i = 1; i <= n; i++) {
        best = ""
        for (k in a)
            if (!(k in done) && (best == "" || a[k] > a[best] || (a[k] == a[best] && k < best))) best = k
        if (best == "") break; done[best]; printf "  %-14s %6d\n", best, a[best]
    }
}
END { top("clients", hits, 3); top("pages", page, 4); top("bytes", bytes, 2); top("status", status, 10) }

#: differs original-awk: it has no IGNORECASE
# The order of keys and values where letter case does not count: of equal beginnings the case decides, then the length.
BEGIN {
    IGNORECASE = 1
    n = split("ba BAR bar Ba BARN barn b B Z a zz A Az aZ az", w, " ")
    for (i = 1; i <= n; i++) { a[w[i]] = w[n + 1 - i]; c[i] = w[i] }
    PROCINFO["sorted_in"] = "@ind_str_asc"; for (k in a) printf "%s ", k; print ""
    PROCINFO["sorted_in"] = "@ind_str_desc"; for (k in a) printf "%s ", k; print ""
    PROCINFO["sorted_in"] = "@val_str_asc"; for (k in a) printf "%s ", a[k]; print ""
    m = asorti(a, b); for (i = 1; i <= m; i++) printf "%s ", b[i]; print ""
    m = asort(c); for (i = 1; i <= m; i++) printf "%s ", c[i]; print ""
    print ("ba" < "BAR"), ("BAR" < "ba"), ("ba" == "BA")
}

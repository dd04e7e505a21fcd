# for-in visits every key once; order is the implementation's.
BEGIN {
    for (k in empty) print "never"; print "[" k "]"
    n = split("apple banana cherry date", w)
    for (i = 1; i <= n; i++) len[w[i]] = length(w[i])
    for (k in len) { total += len[k]; names++; if (k > last) last = k }
    print total, names, last
    for (k in w) ks += k; print ks
    for (k in len) { if (len[k] == 6) continue; short++; } print short
    for (k in len) if (k == k "") string++; print string
    for (k in w) break; print (k in w)
}

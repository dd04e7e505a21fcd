#: files access.log
# Requests by hour and minute taken out of the time stamp.
{
    split($4, t, ":"); hour[t[2]]++; if (t[2] ":" t[3] != last) { slots++; last = t[2] ":" t[3] }
    sub(/^\[/, "", t[1]); day = t[1]
}
END {
    for (h = 0; h < 24; h++) {
        k = sprintf("%02d", h)
        if (k in hour) {
            printf "%s %s ", day, k; for (i = 0; i < hour[k]; i++) printf "#"; print " " hour[k]
        }
    }
    print slots
}

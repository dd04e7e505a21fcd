# Lines by hour and minute, found by match or at a fixed place.
match($0, /[0-9][0-9]:[0-9][0-9]:[0-9][0-9]/) {
    split(substr($0, RSTART, RLENGTH), t, ":")
    minute[t[1] ":" t[2]]++; seconds += t[1] * 3600 + t[2] * 60 + t[3]
    next
}
$2 ~ /^[0-9]{6}$/ { minute[substr($2, 1, 2) ":" substr($2, 3, 2)]++; seconds += substr($2, 5) }
END { for (m in minute) printf "%s %4d\n", m, minute[m] | "sort"; close("sort"); printf "%.0f\n", seconds }

# How requests ended, hour by hour: the hour when something broke stands out.
#
#   awk -f status_by_hour.awk access.log

{
    hour = substr($4, 14, 2)
    class = substr($9, 1, 1) "xx"
    count[hour, class]++
}

END {
    classes = split("2xx 3xx 4xx 5xx", class_name)
    printf "hour"
    for (c = 1; c <= classes; c++)
        printf "%6s", class_name[c]
    print "  server errors"
    for (h = 0; h < 24; h++) {
        hour = sprintf("%02d", h)
        printf "%4s", hour
        for (c = 1; c <= classes; c++)
            printf "%6d", count[hour, class_name[c]]
        print bar(count[hour, "5xx"])
    }
}

function bar(length_,    stars) {
    while (length_-- > 0)
        stars = stars "*"
    return stars == "" ? "" : "  " stars
}

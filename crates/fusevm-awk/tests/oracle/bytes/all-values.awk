#: env LC_ALL=C
# Every byte value but the newline goes out and comes in again.
BEGIN {
    for (i = 1; i < 256; i++) if (i != 10) printf "%c", i > "all"; printf "\n" > "all"; close("all")
    n = (getline x < "all"); print n, length(x)
    for (i = 1; i < 256; i++) if (i != 10 && index(x, sprintf("%c", i)) == 0) print "lost", i
}

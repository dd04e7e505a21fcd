# Without a separator split uses FS of that moment.
BEGIN {
    FS = ":"; n = split("a:b c:d", p); print n, p[2]; FS = "[0-9]"; n = split("a1b2c", p); print n, p[3]
    FS = " "; n = split(" x  y ", p); print n, p[1] p[2]; FS = "\t"; print split("a b\tc", p), p[1]
}

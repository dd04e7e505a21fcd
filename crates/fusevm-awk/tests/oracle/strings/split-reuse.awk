# split empties its array first, also when the string comes from that array.
BEGIN {
    split("a b c d", p); split("x y", p); print length(p), (3 in p), p[2]; p["extra"]
    print split("", p), length(p)
    p[1] = "q r s"; n = split(p[1], p); print n, p[1], p[3], length(p); $0 = "1 2 3"; n = split($0, f)
    f[2] = "z"; print n, $0, f[1] f[2] f[3]
    n = split("2024-03-05T10:20:30", d, /[-T:]/); print n, d[1] + 0, d[2] + 0, d[6] * 2
    print split("abc", c, "x"), c[1]
}

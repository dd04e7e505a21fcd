# Elements that split makes look numeric when they look like numbers.
BEGIN {
    n = split("10 9 1e1 abc +9 0x9", a)
    print n, (a[1] < a[2]), (a[1] == a[3]), (a[2] == a[5]), (a[4] > a[1]), (a[6] == a[2])
    split("10,9, 10 ,9.0", b, ","); print (b[1] == b[3]), (b[2] == b[4]), (b[2] < b[1])
    split("10:9", c, /:/); print (c[1] < c[2]), (c[1] == "10"), (c[1] == "10.0")
    print (a[1] ? "t" : "f"); split("0 0.0 00x", z); print !z[1], !z[2], !z[3]
}

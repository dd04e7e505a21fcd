# A regex made of two hundred words.
BEGIN {
    for (i = 0; i < 200; i++) re = re (i ? "|" : "") "w" i * 7 "x"
    re = "^(" re ")$"; for (i = 0; i < 1500; i++) if (("w" i "x") ~ re) n++
    print n, ("w7x" ~ re), ("w8x" ~ re), length(re)
}

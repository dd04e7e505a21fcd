# A string as a regex goes through string escapes first, then through the regex's.
BEGIN {
    print ("a.b" ~ "a\\.b"), ("axb" ~ "a\\.b"), ("axb" ~ "a.b"), ("a\\b" ~ "a\\\\b"), ("a+b" ~ "a[+]b"),
        ("a/b" ~ "a/b"), ("1+1=2" ~ "1\\+1")
    d = "[0-9]+"; print match("abc 123", d), RLENGTH, ("x" ~ d), ("7" ~ "^" d "$"), ("7x" ~ ("^" d "$"))
    dot = "\\."; n = split("a.b.c", p, dot); print n, p[3]; s = "x.y.z"; print gsub(dot, "-", s), s
    for (i = 1; i <= 3; i++) { re = "^" i "+$"; print re, ("11" ~ re), ("222" ~ re), (i i ~ re) }
    print ("5" ~ 5), (15 ~ 5), (1.5 ~ "\\."), (100 ~ "^10*$"), ("a" ~ "")
}

# Long strings by repeated joining.
BEGIN {
    for (i = 0; i < 5000; i++) s = s i % 10; print length(s), substr(s, 4995); t = s s
    print length(t), (substr(t, 1, 5000) == s)
    for (i = 0; i < 10; i++) p = i p i; print p; x = "a"; x = x x; x = x x; x = x x; print x, length(x)
    y = "" 1 2 3; print y + 1, ("" "" "" == ""); s = t = ""; print s t "."
}

# The conditional operator is right-associative and lazy.
function note(v) { trail = trail v; return v }
BEGIN {
    print 1 ? "a" : 0 ? "b" : "c", 0 ? "a" : 1 ? "b" : "c", 0 ? "a" : 0 ? "b" : "c"
    print 1 ? 0 ? "p" : "q" : "r"
    x = 5; print (x > 3 ? "big" : "small"), (x == 5 ? x * 2 : x), (x ? "t" : "f") "!"
    print 1 ? 2 : 3 " tail", (0 ? 2 : 3) " tail"
    y = x > 9 ? 1 : 2; print y
    z = 0 ? note("no") : note("yes"); print z, trail
    for (i = 1; i <= 15; i++)
        s = s (s == "" ? "" : " ") (i % 15 == 0 ? "FB" : i % 5 == 0 ? "B" : i % 3 == 0 ? "F" : i)
    print s
    u ? v = 1 : v = 2; print v
}

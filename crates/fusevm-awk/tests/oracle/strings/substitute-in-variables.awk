#: only gawk
# What sub and gsub change is the variable alone, and only where something matches.
function in_place(s, t) { t = s; gsub(/a/, "b", s); return s "/" t }
function own_pattern(s) { sub(s, "[&]", s); return s }
function count_in(s, re) { return gsub(re, "&", s) }
BEGIN {
    for (i = 0; i < 2000; i++) {
        s = "banana" i; t = s
        n += gsub(/an/, "<&>", s) + sub(/z/, "y", t) + gsub(/a/, "o", t)
        if (i % 700 == 5) print s, t, n
        both = in_place("abca" i)
        own = own_pattern("x" i)
        c += count_in("mississippi", "ss?")
        long = "a longer text that lies on the heap, number " i; kept = long
        gsub(/e/, "E", long); gsub(/n/, "N", long)
        if (i % 700 == 5) print both, own, long, kept
    }
    print c, n
    number = 42; r = sub(/x/, "y", number); print r, typeof(number), number
    r = sub(/4/, "5", number); print r, typeof(number), number + 1
    r = sub(/x/, "y", nothing); print r, "[" nothing "]", length(nothing)
    r = gsub(//, "-", empty); print r, empty
    r = gsub(/x*/, "-", empty); print r, empty
    typed = @/a+b/; r = sub(/a/, "c", typed); print r, typeof(typed), typed
    "echo 10" | getline line; r = sub(/0/, "1", line); print r, typeof(line), line, line < 9
    "echo 10" | getline line; close("echo 10"); "echo 10" | getline line; r = sub(/x/, "1", line); print r, typeof(line)
    dollar = "cost"; gsub(/$/, "$", dollar); gsub(/^/, "^", dollar); print dollar
    esc = "a.b.c"; gsub(/\./, "\\&", esc); print esc; sub("b", "\\\\&", esc); print esc
}

# The named character classes, counted over the ASCII characters.
function count(class,   i, n) {
    for (i = 1; i < 128; i++) if (sprintf("%c", i) ~ "[[:" class ":]]") n++; return n
}
BEGIN {
    k = split("alpha digit alnum upper lower space blank punct print graph cntrl xdigit", c)
    for (i = 1; i <= k; i++) print c[i], count(c[i])
    print ("a1" ~ /^[[:alpha:]][[:digit:]]$/), ("_" ~ /[[:alnum:]_]/), ("-" ~ /[^[:alnum:]]/),
        ("b" ~ /[^[:space:][:digit:]]/), ("5" ~ /[^[:space:][:digit:]]/)
    s = "Hello, World 42!"; gsub(/[[:punct:][:space:]]+/, "_", s); print s; gsub(/[[:upper:]]/, "(&)", s)
    print s
}

#: stdin aaabbc\nabc\nzzzzzzzzzzzz\n\naa  bb\n
# Run-length coding and back.
function enc(s,   i, n, c, o) {
    for (i = 1; i <= length(s); i += n) {
        c = substr(s, i, 1); n = 1; while (substr(s, i + n, 1) == c) n++; o = o (n > 1 ? n : "") c
    }
    return o
}
function dec(s,   n, o) {
    while (match(s, /^[0-9]+/)) {
        n = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1); while (n-- > 0) o = o substr(s, 1, 1)
        s = substr(s, 2); o = o prefix(s); s = rest
    }
    return o prefix(s) (rest == "" ? "" : dec(rest))
}
function prefix(s,   p) {
    p = s; if (match(s, /[0-9]/)) p = substr(s, 1, RSTART - 1); rest = substr(s, length(p) + 1); return p
}
{ e = enc($0); d = dec(e); print e, (d == $0 ? "ok" : "bad:" d) }

# match sets RSTART and RLENGTH, to 0 and -1 when nothing matches.
BEGIN {
    print RSTART, RLENGTH; print match("foobar", /o+/), RSTART, RLENGTH
    print match("foobar", "z"), RSTART, RLENGTH; print match("", /x*/), RSTART, RLENGTH
    print match("abc", /$/), RSTART, RLENGTH; print match("abc", /^/), RSTART, RLENGTH
    print match("aXbX", /X/), match("aXbX", /X$/), match(12345, 34), RSTART
    s = "k1=v1;k2=v2"
    while (match(s, /[a-z][0-9]=[a-z0-9]+/)) {
        print substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH)
    }
    if (match("x", /y/)) print "no"; else print "unmatched", RSTART, RLENGTH; $0 = "some record"
    if (match($0, /rec/)) print substr($0, RSTART)
}

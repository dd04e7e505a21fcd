#: only gawk
#: stdin Robbins,,Arnold,"1 Main St, Apt 2"\nx\n,\n\na,b,\n
# Fields by what they look like.
BEGIN { FPAT = "([^,]*)|(\"[^\"]+\")" }
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf " <%s>", $i; print "" }
END {
    FPAT = "[0-9]+"; $0 = "a12b345c6"; print NF, $1, $2, $3, $4
    $2 = "x"; print
    FS = "b"; $0 = "a1b2"; print NF, $2
    n = patsplit("::a:bb::ccc:", p, "[a-z]+", s)
    print n, p[1], p[2], p[3], "<" s[0] "|" s[1] "|" s[2] "|" s[3] ">"
    n = patsplit("", p, "x", s); print n, length(p), length(s)
    n = patsplit("nothing", p, "[0-9]", s); print n, length(p), s[0]
}

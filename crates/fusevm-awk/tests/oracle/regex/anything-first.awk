#: only gawk
#: file paths /usr/local/lib/libz.so.1\nregion=eu-1,tier=gold,shard=7\nuser12 u7 users user\nno slash here\n\nnäh/weiß/größe=5 region=\nregion=x region=ab-3 region=cd-4\n
#: operands paths
# Expressions that begin with anything, or with one of a few texts.
{
    base = $0; sub(/.*\//, "", base)
    dir = $0; n = sub(/.+\//, "<&>", dir)
    print base "|" dir "|" n
    s = $0; n = gsub(/.*=/, "[&]", s); print n, s
    s = $0; n = gsub(/.*[0-9]/, "{&}", s); print n, s
    s = $0; n = gsub(/.*(e|u)s?/, "(&)", s); print n, s
    s = $0; n = gsub(/region=[a-z]+-[0-9]/, "<&>", s); print n, s
    s = $0; n = gsub(/user[0-9]+|u[0-9]+|users?/, "<&>", s); print n, s
    s = $0; n = gsub(/(lib|tier|us)[a-z]*[.=]?/, "<&>", s); print n, s
    if (match($0, /.*l[a-z]/)) print RSTART, RLENGTH
    if (match($0, /regi[a-z]*=[a-z]*(-|$)/)) print RSTART, RLENGTH, substr($0, RSTART, RLENGTH)
    if (match($0, /.*x(y|$)/)) print "never", RSTART
    print gensub(/.*([0-9])/, "\\1", 1), gensub(/(\/|=)[a-z]+/, "(&)", 2)
}

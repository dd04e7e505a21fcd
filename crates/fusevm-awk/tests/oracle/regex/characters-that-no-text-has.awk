#: differs original-awk: match has no third argument
#: env LC_ALL=C.UTF-8
#: stdin q\nqy\nxq y\n\nyab\nécx\n
# Repeated characters above ASCII, and alternatives with them, in texts that have none.
BEGIN {
    n = split("x*é*[^~] (y*(é)*)[^~] x?(é|日)?. x*é{0,2}.y (é|x*)y (é|a)(b|日)* x*[é-ü]*[a-y] (é*|b)a? (xé)*q (é)|(q) (日+|x)q?", res, " ")
}
{
    for (i = 1; i <= n; i++) {
        delete m
        printf "%d:%d,%d:%d ", i, match($0, res[i], m), RLENGTH, $0 ~ res[i]
        if (RSTART) printf "<%s> ", m[0]
        t = $0; k = gsub(res[i] "y", "<&>", t); printf "%d %s|", k, t
    }
    print ""
}

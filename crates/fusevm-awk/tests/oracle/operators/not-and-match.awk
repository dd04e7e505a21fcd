#: differs original-awk: it reads `! x ~ y` as `(! x) ~ y`, gawk as `!(x ~ y)`
# The negation of a match, with and without parentheses.
BEGIN {
    x = "abc"
    print (! x) ~ "b", !(x ~ "b")
    print ! x ~ "b", ! x ~ "z"
    print ! (x ~ /z/) && x ~ /a/
    if (! (x ~ /q/)) print "no q"
    print !/abc/ + 0, !(/abc/)
}

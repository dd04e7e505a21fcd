#: env LC_ALL=C
# Strings compare byte by byte.
BEGIN {
    print ("a" < "b"), ("B" < "a"), ("a" < "aa"), ("Z" < "_"), ("~" > "z"), ("é" > "z"), ("\001" < " "),
        ("a b" < "ab"), ("10" "" < "9" ""), ("" < "\t"), ("ab" < "b")
}

#: file data.txt b 1\na 2\nb 3\nlongerkeyforaheap 4\nb 5\nlongerkeyforaheap 6 x\n
#: operands data.txt
# Elements that become longer, also where the rest of the text or the key could tell when that is done.
function put(array, key, text) {
    array[key] = array[key] text
    array[key, 1] = array[key, 1] "<" text ">"
}

function changed(text) {
    list["b"] = "changed"
    return text
}

{
    list[$1] = list[$1] " " $2
    joined[$1] = $1 in joined ? joined[$1] "," $2 : $2
    counted[$1] = counted[$1] length(counted) ($1 in counted)
    own[$1] = own[$1] own[$1] NR
    put(passed, $1, $2)
    pair[$1, NF] = pair[$1, NF] $2 "-" NR
    all = all (kept[$1] = kept[$1] $2)
}

END {
    print list["b"] "|" list["a"] "|" list["longerkeyforaheap"]
    print joined["b"], joined["a"], joined["longerkeyforaheap"]
    print counted["b"], counted["a"], counted["longerkeyforaheap"]
    print own["b"], own["longerkeyforaheap"]
    print passed["b"], passed["b", 1], passed["longerkeyforaheap", 1]
    print pair["b", 2], pair["longerkeyforaheap", 3]
    print all

    list["b"] = "b"
    list["b"] = list["b"] changed("-")
    print list["b"]
    i = 1
    n[1] = "one"
    n[2] = "two"
    n[i] = n[i] (i = 2)
    print n[1], n[2]
    n[i++] = n[i] "x"
    print i, n[1], n[2], n[3]

    CONVFMT = "%.2g"
    half[0.5] = 3.14159
    half[0.5] = half[0.5] ""
    print half[0.5]
    OFMT = "%.3g"
    number[1] = 2.71828
    number[1] = number[1] 1.41421
    print number[1]
    $0 = "10 20"
    number[2] = $1
    number[2] = number[2] ""
    print (number[2] > 9)
    shared = list["b"]
    list["b"] = list["b"] " and more than fourteen bytes"
    list["b"] = list["b"] "!"
    print shared, list["b"]
    $1 = 2.71828
    list[$1] = list[$1] $1
    list[$1] = list[$1] $2
    print list["2.7"]
    $0 = "key"
    list[$0] = list[$0] sub(/key/, "other")
    print list["key"] "," list["other"]
}

#: stdin {"name": "x \\"y\\"", "list": [1, -2.5e3, true, null], "empty": {}, "n": 0}\n[ "a" , false ]\n{"bad": +1}\n
# Tokens of JSON text by regexes.
{
    s = $0; depth = 0; out = ""
    while (s != "") {
        if (match(s, /^[ \t]+/)) { s = substr(s, RLENGTH + 1); continue }
        if (match(s, /^"([^"\\]|\\.)*"/)) kind = "str"
        else if (match(s, /^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) kind = "num"
        else if (match(s, /^(true|false|null)/)) kind = "word"
        else if (match(s, /^[][{},:]/)) kind = "mark"
        else { out = out " error:" substr(s, 1, 1); break }
        t = substr(s, RSTART, RLENGTH); s = substr(s, RLENGTH + 1)
        if (kind == "mark") {
            if (t ~ /[[{]/) depth++; else if (t ~ /[]}]/) depth-- ; out = out " " t
        } else out = out " " kind "(" t ")" depth
        count[kind]++
    }
    print out; print "  depth", depth
}
END { print count["str"], count["num"], count["word"], count["mark"] }

#: file in first\nsecond\n
# Elements are lvalues everywhere: getline, sub, increments, $.
BEGIN {
    getline a["l"] < "in"; "echo piped" | getline a["p"]; print a["l"], a["p"]
    sub(/i/, "[&]", a["l"]); n = gsub(/p/, "P", a["p"]); print a["l"], a["p"], n
    a["i"] = 2; $0 = "x y z"; print $a["i"], $(a["i"] + 1), $(a["i"]++), ++a["i"], a["i"]--, a["i"]--
    a["q"] = a["r"] = "s"; print a[a["q"]] "", (a["q"] in a), a[a["new"]] "", length(a)
    a[a["i"]] = a["i"]; a[a[2]] += 3; print a[2]
}

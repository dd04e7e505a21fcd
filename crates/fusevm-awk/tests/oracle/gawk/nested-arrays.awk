#: only gawk
# Arrays of arrays: elements, deletion, loops, and elements as arguments.
function fill(a, n,   i) { for (i = 1; i <= n; i++) a[i] = i * i }
function total(a,   i, sum) { for (i in a) sum += isarray(a[i]) ? total(a[i]) : a[i]; return sum }
function depth(a,   i, d, most) { for (i in a) if (isarray(a[i]) && (d = depth(a[i])) > most) most = d; return most + 1 }
BEGIN {
    a[1][2] = 3
    a[1]["x"][4, 5] = 6
    a["scalar"] = 7
    print isarray(a[1]), isarray(a[1][2]), length(a), length(a[1]), length(a[1]["x"])
    print a[1][2], a[1]["x"][4, 5], ((4, 5) in a[1]["x"]), (2 in a[1]), (3 in a[1])
    fill(b["squares"], 4)
    fill(b["deep"]["er"], 2)
    print total(b), depth(b), length(b["squares"])
    split("p q r", s["parts"])
    print s["parts"][1] s["parts"][3], length(s["parts"])
    a[1][2] += 10; a[1][2]++
    print a[1][2], a[1]["new"] == "", ("new" in a[1])
    delete a[1]["x"]; print ("x" in a[1]), length(a[1])
    delete a[1]; print (1 in a), length(a)
    a[1]["again"]; print isarray(a[1])
    for (i in b["deep"]["er"]) n += b["deep"]["er"][i]
    print n
    delete b["squares"]
    fill(b["squares"], 2); print total(b)
    c[1][1] = "one"; sub(/n/, "N", c[1][1]); print c[1][1]
    $0 = "f1 f2"; c[1][2] = $2; print c[1][2]
    "echo line" | getline c[1][3]; print c[1][3]
}

#: options -F'[: ]+'
#: files depends.txt
# Targets in the order of their dependencies, and a cycle found.
{
    for (i = 2; i <= NF; i++) if ($i != "") dep[$1] = dep[$1] " " $i
    if (!($1 in known)) { known[$1]; order[++n] = $1 }
}
function visit(t,   d, k, j) {
    if (state[t] == 2) return; if (state[t] == 1) { cycle = cycle " " t; return }
    state[t] = 1; k = split(dep[t], d, " "); for (j = 1; j <= k; j++) visit(d[j]); state[t] = 2
    result = result " " t
}
END {
    for (i = 1; i <= n; i++) visit(order[i]); print "order:" result; dep["core"] = " app"
    for (k in state) state[k] = 0; cycle = ""; visit("ui"); print "cycle:" cycle
}

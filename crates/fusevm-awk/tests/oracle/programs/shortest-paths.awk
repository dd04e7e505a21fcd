#: options -F,
#: files edges.csv
# Shortest paths in an undirected graph.
{ w[$1, $2] = w[$2, $1] = $3; node[$1]; node[$2] }
function nearest(   v, best) {
    for (v in node) if (!(v in done) && (best == "" || dist[v] < dist[best])) best = v
    return best
}
END {
    for (v in node) dist[v] = v == "a" ? 0 : 1e9
    while ((u = nearest()) != "") {
        done[u]
        for (v in node) if ((u, v) in w && dist[u] + w[u, v] < dist[v]) { dist[v] = dist[u] + w[u, v]; from[v] = u }
    }
    for (i = 1; i <= 6; i++) {
        v = substr("abcdef", i, 1); path = v; for (u = v; u in from; u = from[u]) path = from[u] ">" path
        print v, dist[v], path
    }
}

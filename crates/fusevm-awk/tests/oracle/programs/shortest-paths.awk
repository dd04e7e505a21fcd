#: options -F,
#: files edges.csv
# Dijkstra's algorithm on an undirected graph.
{ w[$1, $2] = w[$2, $1] = $3; node[$1]; node[$2] }
END {
    for (v in node) dist[v] = v == "a" ? 0 : 1e9
    while (1) { best = ""; for (v in node) if (!(v in done) && (best == "" || dist[v] < dist[best])) best = v; if (best == "") break; done[best]
        for (v in node) if ((best, v) in w && dist[best] + w[best, v] < dist[v]) { dist[v] = dist[best] + w[best, v]; from[v] = best } }
    for (i = 1; i <= 6; i++) { v = substr("abcdef", i, 1); path = v; for (u = v; u in from; u = from[u]) path = from[u] ">" path; print v, dist[v], path }
}

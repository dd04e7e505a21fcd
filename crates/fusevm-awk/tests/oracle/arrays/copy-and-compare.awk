# Arrays are copied element by element; the copies live apart.
function copy(from, to,   k) { split("", to); for (k in from) to[k] = from[k] }
function same(a, b,   k) {
    for (k in a) if (!(k in b) || a[k] != b[k]) return 0; for (k in b) if (!(k in a)) return 0; return 1
}
BEGIN {
    split("c a b", x); copy(x, y); print same(x, y), length(y); y[2] = "z"; print same(x, y), x[2], y[2]
    delete y[2]; print same(x, y); copy(x, y); print same(y, x); y["extra"]; print same(x, y)
}

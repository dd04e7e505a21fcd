# Scalars are passed by value, arrays by reference.
function scalar(x) { x = x + 1; return x }
function fill(a, n,   i) { for (i = 1; i <= n; i++) a[i] = i * i }
function bump(a, k) { a[k]++; k = "changed" }
BEGIN {
    v = 5; print scalar(v), v; fill(sq, 5); print sq[1] sq[3] sq[5], length(sq)
    key = "k"; bump(cnt, key); bump(cnt, key); print cnt["k"], key
    e["x"] = 1; print scalar(e["x"]), e["x"]; $0 = "7 8"; print scalar($1), $1, scalar($9), NF
}

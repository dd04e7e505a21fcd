# Parameters as targets and as patterns.
function clean(s) { gsub(/[^a-z]/, "", s); return s }
function has(s, re) { return s ~ re }
function rep(s, n,   r) { while (n-- > 0) r = r s; return r }
function each(a, n,   i) { for (i = 1; i <= n; i++) sub(/^/, i ":", a[i]) }
BEGIN {
    t = "a-B-c!"; print clean(t), t, has("abc", "^a"), has("abc", "^b"), rep("ab", 3), rep("x", 0) "."
    n = split("p q", w); each(w, n); print w[1], w[2]
}

# Integers that lie close together, but are not added in their order: loops over such arrays that are run often enough to become
# native code, with keys that are not there, far ones, fractions, texts and deletions among them.
function knapsack(size,    i, j, x, f) {
    for (i = 1; i <= 20; i++)
        for (j = size; j >= i * 7 % 40 + 1; j--) {
            x = f[j - (i * 7 % 40 + 1)] + i * 13 % 50
            if (x > f[j]) f[j] = x
        }
    return f[size] + 0
}
function memo(n) {
    if (n in known) return known[n]
    return known[n] = n < 2 ? n : memo(n - 1) + memo(n - 2)
}
function total(a,    i, s) {
    for (i = -400; i <= 900; i++) if (i in a) s += a[i] * (i % 7 + 8)
    return s
}
BEGIN {
    print knapsack(500), knapsack(30), knapsack(500)
    for (i = 0; i < 50; i++) { s += memo(40); n += length(known); delete known }
    print s, n
    for (i = 300; i > -300; i -= 2) down[i] = i
    print length(down), total(down)
    for (i = 300; i > -300; i--) down[i] += 1
    print length(down), total(down)
    for (i = -300; i <= 300; i += 3) delete down[i]
    print length(down), total(down), (0 in down), (1 in down)
    for (i = 400; i > -310; i--) { down[i]++; if (i % 50 == 0) down[i "x"] = 1 }
    print length(down), total(down), ("50x" in down)
    for (i = 60; i < 600; i++) { from[600 - i % 97] = i; got += from[i % 97 + 500] }
    print length(from), got, total(from)
    for (i = 1; i <= 300; i++) { odd[200 - i] = i; odd[i / 2] += i; if (i == 250) odd[1e15] = odd[-1e15] = 5 }
    print length(odd), total(odd), odd[1e15], (-1e15 in odd), odd[0.5], ("00" in odd), (-0 in odd)
    for (i = 1; i <= 300; i++) { text[i % 40 * 3] = "t" i; if (text[i % 50 * 3] == "t" i) same++ }
    print length(text), same, text[3], text[117]
}

#: stdin 0\n7\n13\n20\n42\n100\n115\n999\n1000\n12345\n1000001\n
# Numbers in words.
BEGIN {
    split("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen" \
        " sixteen seventeen eighteen nineteen", small)
    split("ten twenty thirty forty fifty sixty seventy eighty ninety", tens); split("thousand million", group)
}
function below_thousand(n,   s) {
    if (n >= 100) { s = small[int(n / 100)] " hundred"; n %= 100; if (n) s = s " and " }
    if (n >= 20) { s = s tens[int(n / 10)]; n %= 10; if (n) s = s "-" }
    return s (n ? small[n] : "")
}
function words(n,   s, g) {
    if (n == 0) return "zero"
    for (g = 0; n; n = int(n / 1000)) {
        if (n % 1000) s = below_thousand(n % 1000) (g ? " " group[g] : "") (s == "" ? "" : " ") s
        g++
    }
    return s
}
{ print $1, words($1) }

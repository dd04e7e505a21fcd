# Roman numerals there and back.
function to_roman(n,   s, i) { for (i = 1; i <= k; i++) while (n >= v[i]) { s = s r[i]; n -= v[i] } return s }
function from_roman(s,   n, i) {
    for (i = 1; i <= k; i++) while (index(s, r[i]) == 1) { n += v[i]; s = substr(s, length(r[i]) + 1) }
    return n
}
BEGIN { k = split("1000 900 500 400 100 90 50 40 10 9 5 4 1", v); split("M CM D CD C XC L XL X IX V IV I", r)
    n = split("1 4 9 14 40 99 444 1666 1999 2024 3999", t)
    for (i = 1; i <= n; i++) { x = to_roman(t[i]); print t[i], x, from_roman(x) }
    for (i = 1; i < 4000; i++) if (from_roman(to_roman(i)) != i) bad++; print bad + 0 }

# All relations, on numbers and on strings.
function show(a, b) { print a, b ":", (a < b), (a <= b), (a == b), (a != b), (a >= b), (a > b) }
BEGIN {
    show(1, 2); show(2, 2); show(3, 1); show(-1, 0); show(1e3, 1000); show(10, 9)
    show("a", "b"); show("a", "B"); show("abc", "abd"); show("ab", "abc"); show("", "a")
    show("10", "9"); show("abc", 1); show(1, "abc"); show("1", 1); show("1.0", 1); show("a", "a ")
    show("", 0); show(u, 0); show(u, ""); show("-1", "0"); show("1e3", 1000); show(u, v)
    print ((1 == 1) == 1), ((2 < 1) == 0), (0.1 + 0.2 == 0.3), (0.5 + 0.25 == 0.75), (1 / 3 * 3 == 1)
}

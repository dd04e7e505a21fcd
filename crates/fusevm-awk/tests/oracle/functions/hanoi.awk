# The moves of the towers of Hanoi.
function move(n, from, to, via) {
    if (n == 0) return
    move(n - 1, from, via, to); print ++count ":", "disc", n, from, "->", to; move(n - 1, via, to, from)
}
BEGIN { move(3, "A", "C", "B"); print count, "moves" }

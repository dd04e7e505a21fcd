# Solutions of the n queens problem.
function solve(row,   c) {
    if (row > size) { if (!found++) for (c = 1; c <= size; c++) first = first queen[c] " "; return }
    for (c = 1; c <= size; c++) if (!col[c] && !up[row + c] && !down[row - c]) {
        queen[row] = c; col[c] = up[row + c] = down[row - c] = 1
        solve(row + 1); col[c] = up[row + c] = down[row - c] = 0
    }
}
BEGIN { for (size = 4; size <= 7; size++) { found = 0; first = ""; solve(1); print size ":", found, first } }

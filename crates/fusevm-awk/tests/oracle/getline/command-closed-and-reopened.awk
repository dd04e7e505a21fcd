# After close a command runs again from its start.
BEGIN {
    c = "cat count.txt 2>/dev/null; echo x >> count.txt"
    for (i = 1; i <= 3; i++) { n = 0; while ((c | getline line) > 0) n++; close(c); print i, n }
    while ((getline line < "count.txt") > 0) k++; print k
}

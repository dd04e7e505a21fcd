# command | getline reads a line at a time into $0 and NF; no awk counts it in NR, though POSIX says so.
BEGIN {
    cmd = "printf 'a b\\nc d e\\n'"; while ((cmd | getline) > 0) print $1, NF, NR; print close(cmd), NR
    cmd | getline; print $0, NR; close(cmd); "echo once" | getline; print; r = "echo once" | getline
    print r, $0
}

#: differs original-awk: close gives 0 there, whatever the command gave
# close of a command gives its exit status.
BEGIN {
    c = "cat >/dev/null; exit 3"; print "x" | c; print close(c)
    "exit 5" | getline; print close("exit 5")
    c = "echo a; exit 2"; while ((c | getline v) > 0) n++
    print n, v, close(c)
}

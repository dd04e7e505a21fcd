#: differs original-awk: a command that is still running when its output is closed has another status there
# close of a command gives its exit status.
BEGIN { print "x" | "cat >/dev/null; exit 3"; print close("cat >/dev/null; exit 3"); "exit 5" | getline; print close("exit 5"); "echo a; exit 2" | getline v; while (("echo a; exit 2" | getline) > 0); print close("echo a; exit 2") }

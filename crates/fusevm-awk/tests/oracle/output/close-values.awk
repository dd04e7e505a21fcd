# close gives 0 for what was open and -1 for what was not.
BEGIN {
    print close("never opened"); print "x" > "f"; print close("f"), close("f"); getline y < "f"
    print close("f"), y; print "z" | "cat >/dev/null"; print close("cat >/dev/null"), close("cat >/dev/null")
    "echo q" | getline q; print close("echo q"), q
}

#: stdin a\nb\nc\nd\n
# next goes to the next record and skips the rules that follow.
/b/ { next }
{ printf "%s ", $0 }
/c/ { next; print "never" }
{ print "end of", $0; for (;;) { if (NR > 3) next; break } print "after loop" }

#: stderr some
# Text piped to the standard error does not mix with the output.
BEGIN { print "to stderr" | "cat 1>&2"; close("cat 1>&2"); print "to stdout" }

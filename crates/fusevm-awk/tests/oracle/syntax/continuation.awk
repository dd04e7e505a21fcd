#: argv -f p.awk
#: file p.awk BEGIN { x = 1 + \\\n 2; print x; print "a\\\nb"; if (x == 3 && \\\n\\\n 1) print "yes" }\n
# A backslash at the end of a line joins it with the next, in strings too.

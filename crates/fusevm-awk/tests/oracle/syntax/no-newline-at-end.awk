#: argv -f p.awk
#: file p.awk BEGIN { print "no newline" } # comment at the end
# The program file may end anywhere.

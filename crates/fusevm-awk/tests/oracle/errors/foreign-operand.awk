#: only gawk
#: options -S
#: operands given
#: exit 2
#: stderr some
# In the sandbox, ARGV takes no file that the command line does not have.
BEGIN { ARGV[1] = ""; ARGV[2] = "given"; ARGV[3] = "x=1"; print "before"; ARGV[4] = "other"; print "never" }

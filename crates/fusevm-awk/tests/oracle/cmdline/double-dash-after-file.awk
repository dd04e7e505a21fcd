#: argv -f prog.awk -- -x -f y=1
# Operands that look like options.
BEGIN { for (i = 1; i < ARGC; i++) print i, ARGV[i] }

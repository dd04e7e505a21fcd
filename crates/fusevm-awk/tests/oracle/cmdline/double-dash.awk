#: argv -v x=1 -- 'BEGIN { print x, ARGC, ARGV[1], ARGV[2], ARGV[3] }' -v y=2
# -- ends the options; what follows the program are operands.

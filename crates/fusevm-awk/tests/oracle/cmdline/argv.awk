#: operands one 'two words' x=3 -
# ARGC and ARGV.
BEGIN {
    print ARGC; for (i = 1; i < ARGC; i++) print i, "[" ARGV[i] "]"
    print (0 in ARGV), (5 in ARGV), (length(ARGV[0]) > 0 ? "named" : "") ; exit
}

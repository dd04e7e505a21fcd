#: operands 10 9 ' 9 ' abc 1e1
# So can command-line operands.
BEGIN {
    print ARGC, (ARGV[1] < ARGV[2]), (ARGV[2] == ARGV[3]), (ARGV[4] > 5), (ARGV[1] == ARGV[5]),
        (ARGV[1] == "1e1")
    ARGV[6] = "10"; ARGV[7] = "9"; print (ARGV[6] < ARGV[7])
}

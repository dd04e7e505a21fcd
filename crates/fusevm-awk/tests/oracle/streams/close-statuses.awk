#: only gawk
# What close and system give.
BEGIN {
    print "a" | "cat > /dev/null; exit 3"
    print close("cat > /dev/null; exit 3")
    print system("exit 4")
    print system("kill -9 $$")
    "echo x; exit 5" | getline
    print close("echo x; exit 5")
    print close("nothing"), ERRNO
}

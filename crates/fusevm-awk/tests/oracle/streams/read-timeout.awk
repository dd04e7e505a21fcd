#: only gawk
# A command that gives nothing in time.
BEGIN {
    command = "sleep 1; echo late"
    PROCINFO[command, "READ_TIMEOUT"] = 50
    print (command | getline line), ERRNO
}

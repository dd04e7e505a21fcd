# command | getline var sets only var.
BEGIN {
    $0 = "x y"; while (("echo 1; echo 2; echo 3" | getline v) > 0) s = s v; print s, NR, NF, $0
    "printf 'no newline'" | getline last; print last; r = ("exit 3" | getline v); print r, v
    print ("echo " "joined" | getline j), j
    for (i = 1; i <= 3; i++) { c = "echo " i; c | getline out[i]; close(c) } print out[1] out[2] out[3], NR
}

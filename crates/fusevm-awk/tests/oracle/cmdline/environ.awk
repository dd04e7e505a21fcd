#: env GREETING=hello EMPTY= 'SPACES=a  b'
# ENVIRON has the environment.
BEGIN {
    print ENVIRON["GREETING"], "[" ENVIRON["EMPTY"] "]", ENVIRON["SPACES"], ("GREETING" in ENVIRON),
        ("EMPTY" in ENVIRON), ("MISSING" in ENVIRON), ENVIRON["TZ"]
    "echo $GREETING" | getline x; print x
}

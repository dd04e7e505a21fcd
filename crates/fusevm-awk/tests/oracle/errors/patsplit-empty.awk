#: only gawk
#: exit 2
#: stderr some
BEGIN { print patsplit("a b", a, /b/); fflush(); print patsplit("a b", a, "") }

#: differs original-awk: it finds the empty string in no empty string
# The empty string is at the start of every string, also of the empty one.
BEGIN { print index("abc", ""), index("", ""), index(u, u) }

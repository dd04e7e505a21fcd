#: stdin \n\n\nab\n\nb\n
#: differs original-awk: it finds the empty text nowhere in an empty one
# The empty text is at the beginning of every text, of an empty one as well.
{ print index($0, ""), index($0, none), index("", ""), index($0, "b"), index($0, "\n") }

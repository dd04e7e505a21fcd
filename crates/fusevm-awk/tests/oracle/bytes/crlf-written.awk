#: stdin a b\r\nc d\r\n
# They come out where they stood, or where the program puts them.
{ print; print $1; print $2 "|"; $1 = "x"; print }
END { ORS = "\r\n"; print "end"; printf "%s\r\n", "last" }

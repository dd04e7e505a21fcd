#: stdin a b\nc d\n
# printf adds neither separators nor newlines.
BEGIN { ORS = "!"; OFS = "-" }
{ printf "%s", $1; printf "%s %s;", $2, NR }
END { printf "\n"; print "end", 1; printf "\n" }

#: stdin a-b c\n
# BEGIN sets FS for the first record; its value prints as it was set.
BEGIN { print "[" FS "]"; FS = "-" }
{ print $2, "[" FS "]" }

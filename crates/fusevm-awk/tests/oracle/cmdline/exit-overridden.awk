#: stdin a\n
#: exit 2
# A value in END replaces the earlier code.
BEGIN { exit 9 }
END { exit 2 }

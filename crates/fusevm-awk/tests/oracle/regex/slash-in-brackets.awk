#: differs original-awk: a slash in brackets ends the regex there
#: stdin a/b\nab\n//\n
# A slash in brackets needs no escape.
/[/]/ { print NR, $0 }
/^[/a]+$/ { print NR, gsub(/[^/]/, "x"), $0 }

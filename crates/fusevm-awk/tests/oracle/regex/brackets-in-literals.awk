#: stdin a/b\n[x]\na]b\na-b\n\\back\na.b\n
# A bracket, an escaped slash and a backslash inside brackets of a regex literal.
/[[]/ { print NR, "open" }
/[]]/ { print NR, "close" }
/[]-]/ { print NR, "close or minus" }
/[\\]/ { print NR, "backslash" }
/a[.]b/ { print NR, "dot" }
/[\/]/ { print NR, "escaped slash" }
/^[^\\\/]+$/ { print NR, "neither" }

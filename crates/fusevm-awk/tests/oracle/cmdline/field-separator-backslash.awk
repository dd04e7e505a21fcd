#: argv -F '\\' -f prog.awk in
#: file in a\\b\\c\n
# An escaped backslash.
{ print $2, NF }

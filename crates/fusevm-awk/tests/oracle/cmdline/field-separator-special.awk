#: argv -F '|' '{ print $2, FS }' in
#: file in a|b|c\n
# A special character is itself.

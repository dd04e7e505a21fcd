#: argv -F. '{ print NF, $2 }'
#: stdin a.b.c\n
# A dot.

#: argv -F ' ' '{ print NF, $2 }'
#: stdin a \x20 b\n
# A blank is the default.

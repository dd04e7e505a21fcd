#: only gawk
# ** and **= are other spellings of ^ and ^=.
BEGIN { print 2 ** 3 ** 2, -2 ** 2; x = 3; x **= 2; print x, x ** .5 }

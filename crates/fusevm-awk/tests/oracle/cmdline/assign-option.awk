#: options -v x=1 -v 's=two words' -vglued=yes -v e= -v eq=a=b
# -v assigns before BEGIN.
BEGIN { print x + 1, s, glued, "[" e "]", eq, (e == 0), length(e) }

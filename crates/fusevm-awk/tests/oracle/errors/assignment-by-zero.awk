#: exit 2
#: stderr some
# And the assigning forms.
BEGIN { a = 5; a /= 2; print a; a %= ""; print "never" }

#: env LC_ALL=C
#: files utf8.txt
# In the C locale they count bytes.
{ print length($0), length($1), index($0, " "), match($0, / /), RSTART, RLENGTH; s += length($0) }
END { print s }

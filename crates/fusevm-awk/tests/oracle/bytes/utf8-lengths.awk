#: only gawk
#: files utf8.txt
# In a UTF-8 locale length, substr, index and match count characters.
{ print length($0), length($1), substr($0, 2, 3), index($0, " "), match($0, /[^ -~]+/), RSTART, RLENGTH }

#: env LC_ALL=C
#: files utf8.txt
# And only ASCII letters in the C locale.
{ print toupper($0) "|" tolower($0) }

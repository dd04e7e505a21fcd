#: only gawk
#: files utf8.txt
# toupper and tolower know the letters of all scripts in a UTF-8 locale.
{ print toupper($0) "|" tolower($0) }
END { print toupper("éàüñœ"), tolower("ÉÀÜÑŒ"), toupper("ß"), tolower("ΑΒΓ"), toupper("дом") }

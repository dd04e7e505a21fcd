#: only gawk
#: stdin a\xffb\n\xc3\n\xe2\x82x\n\xed\xa0\x80y\n
#: stderr any
# In a UTF-8 locale a byte that begins no character counts as one character.
{ print length($0), substr($0, 2, 1), index($0, "b"), substr($0, length($0)) }

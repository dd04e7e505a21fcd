#: stdin a b c\n
#: exit 2
#: stderr some
# In a loop that has run often, nothing of the text that the field would be part of is there.
{ for (i = 90; ; i--) { s = s $(i % 3 + (i < 5 ? -3 : 1)) "."; if (i % 30 == 0) print length(s) } }

#: env LC_ALL=C
#: stdin \xff\xfe\x80abc\n\xc3\xa9\n
# In the C locale every byte is a character.
{
    print length($0), substr($0, 2, 2), index($0, "a"), match($0, /[^a-z]+/), RLENGTH; gsub(/[^a-z]/, ".")
    print
}

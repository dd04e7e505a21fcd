# Braces, brackets, comments and quotes inside strings and regexes.
BEGIN {
    print "}", "{", "/*", "#", "'", "\"", ";"; if ("{}" ~ /\{\}/) print "braces"; if ("#" ~ /#/) print "hash"
    if ("\"" ~ /"/) print "quote"; if (";" ~ /;/) print "semicolon"; if ("'" ~ /'/) print "apostrophe"
    s = "a}b"; sub(/}/, "{", s); print s
}

# Comments may stand # anywhere
BEGIN { # after a brace
    x = 1 # after a statement
    # alone, with "quotes" and /slashes/ and 'more'
    print x \
        + 1, # a comment does not end the statement after a comma
        "a # is no comment here", /#/ ? "no" : "regex"
    s = "continued \
string"; print s
} # at the end

END {

}

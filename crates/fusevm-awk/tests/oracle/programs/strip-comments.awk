#: files source.c
# A state machine over characters takes the comments out of C.
{
    out = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1); two = substr($0, i, 2)
        if (state == "block") { if (two == "*/") { state = ""; i++ } }
        else if (state == "string") {
            out = out c; if (c == "\\") { out = out substr($0, ++i, 1) } else if (c == "\"") state = ""
        }
        else if (two == "/*") { state = "block"; i++ }
        else if (two == "//") break
        else { out = out c; if (c == "\"") state = "string" }
    }
    sub(/[ \t]+$/, "", out); if (out != "") print NR ": " out
}

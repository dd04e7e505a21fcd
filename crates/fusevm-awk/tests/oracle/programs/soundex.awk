#: stdin Robert Rupert Rubin Ashcraft Tymczak Pfister Honeyman\n
# The Soundex code of names.
function code(c) {
    return c ~ /[bfpv]/ ? 1 : c ~ /[cgjkqsxz]/ ? 2 : c ~ /[dt]/ ? 3 : c == "l" ? 4 : c ~ /[mn]/ ? 5 : c == "r" ? 6 : 0
}
function soundex(s,   i, c, d, last, r) {
    s = tolower(s); r = toupper(substr(s, 1, 1)); last = code(substr(s, 1, 1))
    for (i = 2; i <= length(s) && length(r) < 4; i++) {
        c = substr(s, i, 1); d = code(c); if (d && d != last) r = r d; if (c !~ /[hw]/) last = d
    }
    return substr(r "000", 1, 4)
}
{ for (i = 1; i <= NF; i++) print $i, soundex($i) }

#: stdin # Title\n\nSome *bold* and _plain_ text\nover two lines.\n\n- one\n- two & three\n\n## Sub\n<tag> \x60code\x60\n
# A small markup language to HTML.
function inline(s) {
    gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s)
    while (match(s, /\*[^*]+\*/))
        s = substr(s, 1, RSTART - 1) "<b>" substr(s, RSTART + 1, RLENGTH - 2) "</b>" substr(s, RSTART + RLENGTH)
    while (match(s, /`[^`]+`/))
        s = substr(s, 1, RSTART - 1) "<code>" substr(s, RSTART + 1, RLENGTH - 2) "</code>" substr(s, RSTART + RLENGTH)
    return s
}
function close_all() { if (par) print "</p>"; if (list) print "</ul>"; par = list = 0 }
/^#+ / {
    close_all(); match($0, /^#+/); h = RLENGTH; print "<h" h ">" inline(substr($0, h + 2)) "</h" h ">"; next
}
/^- / { if (!list) { close_all(); print "<ul>"; list = 1 } print "<li>" inline(substr($0, 3)) "</li>"; next }
/^$/ { close_all(); next }
{ if (!par) { close_all(); print "<p>"; par = 1 } print inline($0) }
END { close_all() }

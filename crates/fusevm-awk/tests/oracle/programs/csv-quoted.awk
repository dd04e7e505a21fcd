#: stdin plain,2,three\n"with, comma",b,"say ""hi"""\n,"",x\n"last"\n
# Fields of CSV with quotes.
function parse(line, f,   n, i, c, q, s) {
    split("", f); n = 1; s = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (q) {
            if (c != "\"") s = s c; else if (substr(line, i + 1, 1) == "\"") { s = s c; i++ } else q = 0
        }
        else if (c == "\"") q = 1
        else if (c == ",") { f[n++] = s; s = "" }
        else s = s c
    }
    f[n] = s; return n
}
{ n = parse($0, f); printf "%d:", n; for (i = 1; i <= n; i++) printf " <%s>", f[i]; print "" }

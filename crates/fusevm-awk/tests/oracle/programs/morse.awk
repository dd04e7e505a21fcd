#: stdin sos help\nawk 2024\n
# Letters to Morse code and back.
BEGIN {
    code = "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s..."
    code = code " t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....-"
    n = split(code, t, " ")
    for (i = 1; i <= n; i++) { c = substr(t[i], 1, 1); m[c] = substr(t[i], 2); back[m[c]] = c }
}
{
    out = ""
    for (i = 1; i <= length($0); i++) { c = substr($0, i, 1); out = out (c == " " ? "/ " : m[c] " ") }
    print out
    k = split(out, w, " "); s = ""; for (i = 1; i <= k; i++) s = s (w[i] == "/" ? " " : back[w[i]])
    print s
}

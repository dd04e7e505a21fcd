#: stdin a|b.c*d\\e+f^g$h?i[j(k)l{m\n
# Single characters that are special in regexes stand for themselves, as does a backslash.
{
    line = $0; n = split("| . * + ^ $ ? [ ( ) { \\", c, " ")
    for (i = 1; i <= n; i++) { FS = c[i]; $0 = line; print FS, NF, $1, "/", $2 }
}

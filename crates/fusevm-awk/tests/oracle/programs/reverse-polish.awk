#: stdin 3 4 + 2 *\n5 1 2 + 4 * + 3 -\n2 3 ^ 4 ^\n1 2 3\n+\n
# A stack machine for postfix notation.
{
    sp = 0; bad = ""
    for (i = 1; i <= NF; i++)
        if ($i ~ /^-?[0-9.]+$/) s[++sp] = $i
        else {
            if (sp < 2) { bad = "stack"; break } b = s[sp--]; a = s[sp]
            s[sp] = $i == "+" ? a + b : $i == "-" ? a - b : $i == "*" ? a * b : $i == "/" ? a / b : a ^ b
        }
    print (bad != "" ? bad : sp == 1 ? s[1] : sp " left")
}

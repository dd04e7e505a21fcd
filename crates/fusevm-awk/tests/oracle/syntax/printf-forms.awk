# printf with and without parentheses.
BEGIN {
    printf "a\n"; printf("b\n"); printf "%s %s\n", "c", "d"; printf("%s %s\n", "e", "f")
    printf ("%d\n", 1 + 2); printf "%s\n", (1 > 2) ? "g" : "h"; printf("%s" "\n", "i"); x = "%s-%s\n"
    printf x, 1, 2; printf(x, (3), (4))
}

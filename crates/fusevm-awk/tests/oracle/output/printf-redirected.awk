# printf to files and pipes, with and without parentheses.
BEGIN {
    printf "%d-%d\n", 1, 2 > "o"; printf("%s\n", "second") > "o"; close("o")
    while ((getline l < "o") > 0) print l
    printf "%s\n", "b" | "sort"; printf("%s\n", "a") | "sort"; close("sort"); printf "x" >> "p"
    printf "y\n" >> "p"; close("p"); getline l < "p"; print l
}

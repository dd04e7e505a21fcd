# %c takes a character code or the first character of a string.
BEGIN {
    printf "%c%c%c|%c|%c|%5c|%-5c\n", 72, 105, 33, "hello", "65", "x", "y"; printf "%c%c", 65, "\n"
    printf "[%c][%c][%3c]\n", 65.9, 48 + 5, 90; for (i = 97; i < 123; i++) printf "%c", i; printf "\n"
}

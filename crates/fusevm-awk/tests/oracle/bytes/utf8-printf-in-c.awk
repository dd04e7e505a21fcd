#: env LC_ALL=C
# In the C locale they count bytes.
BEGIN {
    printf "[%5s][%-5s][%.3s]\n", "né", "né", "né"; printf "[%c][%c%c]\n", "x", 195, 169
    printf "%c\n", 256 + 65
}

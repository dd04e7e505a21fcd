#: only gawk
# Widths and precisions count characters, %c gives one.
BEGIN {
    printf "[%5s][%-5s][%.2s][%6.3s]\n", "né", "né", "née", "日本語テ"
    printf "[%c][%c][%c][%3c]\n", "éa", 233, 26085, "ü"; printf "%c%c%c\n", 945, 946, 128512
    printf "%5.1f|%s\n", 1.5, "日"
}

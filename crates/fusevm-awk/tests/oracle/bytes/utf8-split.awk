#: only gawk
# Separators and the empty separator work in characters.
BEGIN {
    n = split("aéb→c→d", p, "→"); print n, p[1], p[3]; n = split("né→", q, ""); print n, q[2], q[3]; FS = "é"
    $0 = "xéyéz"; print NF, $2; FS = "[é→]"; $0 = "aébb→c"; print NF, $3; OFS = "→"; $1 = $1; print
}

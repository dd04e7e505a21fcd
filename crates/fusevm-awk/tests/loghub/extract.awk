# All numbers, addresses and paths of a line, one after the other.
{
    rest = $0
    while (match(rest, /([0-9]+\.){3}[0-9]+|(\/[A-Za-z0-9._-]+)+|[0-9]+/)) {
        item = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
        kind = item ~ /\// ? "path" : item ~ /\./ ? "address" : "number"
        count[kind]++; if (RLENGTH > 8) print NR, kind, item
    }
}
END { print count["path"] + 0, count["address"] + 0, count["number"] + 0 }

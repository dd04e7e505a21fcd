# Carriage returns: counted, taken away, and as record separators.
{ if (sub(/\r$/, "")) ends++; inside += gsub(/\r/, "\\r"); print $NF; if (index($0, "\\r")) print NR ": " $0 }
END {
    print ends + 0, inside + 0
    RS = "\r\n"; while ((getline line < FILENAME) > 0) { records++; size += length(line) } close(FILENAME)
    RS = "]"; while ((getline line < FILENAME) > 0) brackets++
    print records, size, brackets
}

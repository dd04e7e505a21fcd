#!/bin/sh
# Re-records the last column of times.tsv (the output) from gawk:  sh record-times.sh > new && mv new times.tsv
# Columns: TZ, function (strftime, its form in UTC gmt, or mktime), format or date, timestamp (- for mktime), output with \n and \t.
tab=$(printf '\t')
while IFS="$tab" read -r zone function text time _; do
    output=$(TZ=$zone LC_ALL=C F=$function TEXT=$text TIME=$time gawk 'BEGIN {
        f = ENVIRON["F"]; text = ENVIRON["TEXT"]
        out = f == "mktime" ? mktime(text) : strftime(text, ENVIRON["TIME"], f == "gmt")
        gsub(/\n/, "\\n", out); gsub(/\t/, "\\t", out); print out "." }')
    printf '%s\t%s\t%s\t%s\t%s\n' "$zone" "$function" "$text" "$time" "${output%.}"
done < "$(dirname "$0")/times.tsv"

#!/bin/sh
# Re-records the last column of formats.tsv (the output) from gawk:  sh record-formats.sh > new && mv new formats.tsv
# Columns: locale (c or utf8), format, arguments separated by commas (n:number or s:text), output; "error" for a format that gawk refuses.
tab=$(printf '\t')
while IFS="$tab" read -r locale format args _; do
    case $locale in utf8) LC_ALL=C.UTF-8 ;; *) LC_ALL=C ;; esac
    export LC_ALL
    output=$(FORMAT=$format ARGS=$args gawk 'BEGIN {
        f = ENVIRON["FORMAT"]; n = split(ENVIRON["ARGS"], a, ",")
        for (i = 1; i <= n; i++) if (a[i] ~ /^n:/) a[i] = substr(a[i], 3) + 0; else a[i] = substr(a[i], 3)
        if (n == 1) printf f, a[1]; else if (n == 2) printf f, a[1], a[2]; else printf f, a[1], a[2], a[3] }' 2>/dev/null) ||
        output=error
    printf '%s\t%s\t%s\t%s\n' "$locale" "$format" "$args" "$output"
done < "$(dirname "$0")/formats.tsv"

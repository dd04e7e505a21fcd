#!/bin/sh
# Re-records the last two columns of matches.tsv (RSTART, RLENGTH) from gawk:  sh record-matches.sh > new && mv new matches.tsv
# Columns: locale (c or utf8), pattern, subject (with \n for a newline), RSTART, RLENGTH; a refused pattern has "error" and gawk's message.
tab=$(printf '\t')
while IFS="$tab" read -r locale pattern subject _; do
    case $locale in utf8) LC_ALL=C.UTF-8 ;; *) LC_ALL=C ;; esac
    export LC_ALL
    result=$(RE=$pattern TEXT=$subject gawk 'BEGIN {
        text = ENVIRON["TEXT"]; gsub(/\\n/, "\n", text)
        match(text, ENVIRON["RE"]); print RSTART "\t" RLENGTH }' 2>&1 | grep -v warning |
        sed 's/.*fatal: invalid regexp: \(.*\): \/.*/error\t\1/')
    printf '%s\t%s\t%s\t%s\n' "$locale" "$pattern" "$subject" "$result"
done < "$(dirname "$0")/matches.tsv"

#: only gawk
#: stdin a12b345c\n
#: file paragraphs \n\na\nb\n\n\n\nc\n
#: file anchored xaxbx\n
# RT is what matched RS.
BEGIN { RS = "[0-9]+" }
{ gsub(/\n/, "$"); rt = RT; gsub(/\n/, "$", rt); print NR, "<" $0 ">", "<" rt ">" }
END {
    RS = ""; while ((getline line < "paragraphs") > 0) { r = RT; gsub(/\n/, "$", line); gsub(/\n/, "$", r); print line, r }
    RS = "^x"; while ((getline line < "anchored") > 0) printf "[%s]", line
    print ""
}

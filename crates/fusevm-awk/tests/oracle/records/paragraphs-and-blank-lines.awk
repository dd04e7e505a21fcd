#: stdin one\n \ntwo\n\t\n\nthree\n\n\n\n
# A line of blanks does not end a paragraph; newlines at the end are no record.
BEGIN { RS = "" }
{ print NR, NF, "[" $0 "]" }

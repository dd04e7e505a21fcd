#: stdin 0\n1\n\n00\na\n0.0\n x\n-0\n 0 \n0x\n
# A bare expression is a pattern: fields that look numeric count as numbers.
$1 { print NR, "field [" $0 "]" }
$0 { print NR, "record" }
$1 "" { print NR, "string" }
$1 + 0 { print NR, "number" }
"0" { always++ }
0 { never++ }
END { print always, never + 0 }

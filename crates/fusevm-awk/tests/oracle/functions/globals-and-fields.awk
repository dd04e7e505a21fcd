#: stdin one two three\nfour five\n
# Functions see and change fields, NF and globals.
function last() { return $NF }
function drop() { NF--; return $0 }
function swap(  t) { t = $1; $1 = $2; $2 = t }
{ print last(), NF; swap(); print; print drop(), NF, NR; $0 = twice($0); print NF, $1 }
function twice(s) { total += NF; return s " " s }
END { print total }

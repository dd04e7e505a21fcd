#: only gawk
#: stdin +nan -nan +inf -inf +infinity -nano +info\n
# With a sign they are the special values.
{ for (i = 1; i <= NF; i++) print $i, $i + 0, ($i > 5), ($i < -5) }

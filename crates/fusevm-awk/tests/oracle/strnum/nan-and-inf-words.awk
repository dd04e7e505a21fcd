#: stdin nan inf NaN Inf infinity nano info\n
# Words that look like special values are plain strings without a sign.
{ for (i = 1; i <= NF; i++) print $i, $i + 0, ($i == 0), ($i > 5), !$i }

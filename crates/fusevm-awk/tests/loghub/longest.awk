# The longest and the shortest line and the widest field.
length > max { max = length; longest = $0; at = NR }
NR == 1 || length < min { min = length; shortest = $0 }
{ for (i = 1; i <= NF; i++) if (length($i) > length(widest)) widest = $i }
END { print max, at, longest; print min, shortest; print length(widest), widest }

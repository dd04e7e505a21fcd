# Words in reverse order and letters of the first one.
function reverse(s,   i, r) { for (i = length(s); i > 0; i--) r = r substr(s, i, 1); return r }
{ line = reverse($1); for (i = NF; i > 0; i--) line = line " " $i; print line }

#: options -v 'a=tab\there' -v 'b=nl\nx' -v 'c=back\\slash' -v 'd=q\"q' -v 'e=\101\102'
# Escapes in the value of -v are processed.
BEGIN { print a, b, c, d, e, length(a) }

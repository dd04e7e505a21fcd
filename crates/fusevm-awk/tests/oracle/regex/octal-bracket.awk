#: only gawk
# A `]` that is written as a number ends a bracket expression, unless it is the first member.
BEGIN {
    s = "a]b]x"
    t = s; gsub(/[a\135b]/, "<&>", t); print t
    t = s; gsub(/[a\x5db]/, "<&>", t); print t
    t = s; gsub(/[\135b]/, "<&>", t); print t
    t = s; gsub(/[^\135b]/, "<&>", t); print t
    t = s; gsub(/[b\]]/, "<&>", t); print t
    t = s; gsub("[xb\\135", "<&>", t); print t
}

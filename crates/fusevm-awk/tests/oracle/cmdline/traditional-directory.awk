#: options --traditional
#: operands /
#: only gawk
#: exit 2
#: stderr some
{ print }
END { print NR }

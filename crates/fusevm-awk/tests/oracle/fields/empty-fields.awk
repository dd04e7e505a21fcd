#: options -F,
#: stdin ,\n,,\na,,b\n,a\na,\n\n
# Empty fields count, but an empty record has none.
{ print NF; for (i = 1; i <= NF; i++) if ($i == "") e++ }
END { print e }

#: argv -F: -f prog.awk accounts.txt
#: files accounts.txt
# The separator glued to its option.
NR == 3 { print $5, FS }

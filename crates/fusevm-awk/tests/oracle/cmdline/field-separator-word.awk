#: argv -F , -f prog.awk sales.csv
#: files sales.csv
# The separator as the next word.
NR == 2 { print $3, FS }

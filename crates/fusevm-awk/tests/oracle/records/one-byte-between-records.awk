#: file a.txt x=1,y=2\nz=3,,last\n
#: file b.txt p;q,r;s\nt
#: operands 'RS=,' a.txt 'RS=;' b.txt 'RS=,' b.txt
# Records that end with one byte have newlines in them; RS counts from the next record on.
{ gsub(/\n/, "\\n"); print FILENAME, FNR, NF, "<" $0 ">" }
index($0, "z") { print "z in", NR }
/^s/ { RS = "\n" }
/2.*z/ { print "over the newline"; getline line; print "then", line }
END { print NR }

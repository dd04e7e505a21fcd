#: operands left.txt right.txt
#: files left.txt right.txt
# FILENAME is empty in BEGIN, and the last file in END.
BEGIN { print "[" FILENAME "]" }
FNR == 1 { print FILENAME }
END { print "[" FILENAME "]" }

#: files left.txt right.txt
# A range that is open at the end of a file goes on in the next one.
/chloe/, /paris/ { print FILENAME, FNR, $2 }

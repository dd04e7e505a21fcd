#: operands FS=: a FS=, OFS=- b
#: file a x:y,z\n
#: file b x:y,z\n
#: differs original-awk: FS from an operand comes a record late there
# FS between the files.
{ $1 = $1; print $2, NF, $0 }

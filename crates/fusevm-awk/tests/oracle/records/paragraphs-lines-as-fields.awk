#: files addresses.txt
# With FS = "\n" the lines are the fields.
BEGIN { RS = ""; FS = "\n"; OFS = "; " }
{ $1 = $1; print NF ": " $0 }

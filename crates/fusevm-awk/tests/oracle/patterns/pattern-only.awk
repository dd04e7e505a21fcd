#: files emp.txt
# A pattern without an action prints the record.
$3 > 30
$4 == "support" && $3

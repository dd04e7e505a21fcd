# Records and bytes by the values of three columns.
{ for (i = 3; i <= 5; i++) { key = i ":" $i; records[key]++; bytes[key] += length($0) + 1 } }
END { for (key in records) print records[key], bytes[key], key | "sort" }

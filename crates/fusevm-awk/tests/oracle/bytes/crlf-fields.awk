#: stdin name,value\r\nx,1\r\ny,2\r\n
# Carriage returns stay at the end of the last field until the program takes them away.
BEGIN { FS = "," }
{ print NF, length($2), ($2 + 0), ($2 == "1") }
{ sub(/\r$/, ""); print length($2), $0 }

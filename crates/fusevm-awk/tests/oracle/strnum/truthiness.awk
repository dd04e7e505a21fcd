#: options -F,
#: stdin 0,0.0, 0 ,-0,+0,00,,0x0,a,., ,1,-1,0e5,0 0,.0\n
# A field is false when it is empty or looks like the number zero.
{ for (i = 1; i <= NF; i++) print "[" $i "]", ($i ? "true" : "false"), !$i, ($i && 1), ($i "" ? "t" : "f") }
END { print ("0" ? "t" : "f"), (0 ? "t" : "f"), ("" ? "t" : "f"), (u ? "t" : "f"), ("0.0" ? "t" : "f") }

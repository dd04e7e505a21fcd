#: differs original-awk: an assigned field is text at once there
#: stdin a b\n
# A field that holds a number prints by OFMT on its own, though the record has it by CONVFMT.
{ CONVFMT = "%.2f"; OFMT = "%.4f"; $1 = 2.718281828; print $1, $1 ""; print; print $1 }

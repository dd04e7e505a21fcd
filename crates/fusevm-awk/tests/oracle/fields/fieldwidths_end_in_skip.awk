#: only gawk
#: file d a|\nab\nabcd\n
#: operands d
# The record ends in what is passed over before a field.
BEGIN { FIELDWIDTHS = "1 2:3 4:2" }
{ print NF, $1 "/" $2 "/" $3 }

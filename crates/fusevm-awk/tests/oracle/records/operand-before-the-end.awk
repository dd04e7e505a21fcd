#: file d b\n
#: operands d v=12abc
# An operand assigns the variable of the getline that comes to the end.
{ exit }
END { print (getline v), v; print (getline v), v }

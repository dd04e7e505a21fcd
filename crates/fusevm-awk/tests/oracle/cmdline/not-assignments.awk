#: operands ./a=b 3x=y =z b=c
#: file a=b one\n
#: file 3x=y two\n
#: file =z three\n
# Only a name before the sign makes an assignment; others are files.
{ print FILENAME, $0 }
END { print NR, "[" a "]", b }

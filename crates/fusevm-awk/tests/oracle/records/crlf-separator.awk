#: options -v RS='\r\n'
#: stdin a b\r\nc d\r\n\r\ne
# RS = "\r\n" takes it away.
{ print NR, NF, "[" $0 "]" }

#: stdin \x01\x02 \x7f\x80\n\xfe\xff\x1b[0m \xc3\x28\n\xe2\x82\n
# Bytes that are no text go through unchanged.
{ print; print $2 "|" $1; x = x $0 }
END { print x; printf "%s", x }

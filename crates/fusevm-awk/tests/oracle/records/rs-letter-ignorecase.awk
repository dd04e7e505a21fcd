#: only gawk
#: options -v IGNORECASE=1 -v RS=a
#: file d BARxaYAz
#: operands d
# One character is no regular expression, and IGNORECASE has nothing to say.
{ printf "[%s]", $0 }
END { RS = "a|q"; while ((getline < "d") > 0) printf "<%s>", $0; print "" }

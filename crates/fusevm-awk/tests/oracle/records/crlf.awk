#: stdin a b\r\nc d\r\n\r\n
# A carriage return is data.
{ printf "%d %d %s|", NF, length($0), $2; print ($2 ~ /\r$/), ($0 == "\r") }

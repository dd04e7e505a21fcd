#: files access.log
# Dates, addresses and requests taken out of a log.
match($0, /\[[0-9]+\/[A-Z][a-z]+\/[0-9]+:/) { day = substr($0, RSTART + 1, RLENGTH - 2) }
/"(GET|POST) [^"]*\.(png|html) HTTP\/1\.[01]"/ { hit++ }
$1 ~ /^([0-9]{1,3}\.){3}[0-9]{1,3}$/ { ip++ }
/ (4|5)[0-9][0-9] [0-9]+$/ { print NR, $9, day }
! / [0-9]+$/ { print NR, "no size" }
END { print hit, ip }

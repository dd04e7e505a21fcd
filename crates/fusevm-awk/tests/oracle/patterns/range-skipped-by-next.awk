#: stdin a\nstop\nb\nstart\nc\nstop\nd\n
# A record that an earlier rule took with next is not seen by the range.
/stop/ { next }
/start/, /stop/ { print NR, $0 }

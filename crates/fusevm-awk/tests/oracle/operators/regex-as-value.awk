#: stdin apple\nbanana\ncherry\n
# A regex on its own means a match of the whole record.
{ r = /an/; print $0, r, !/an/, (/a/) + (/e/), /a/ && !/b/, /rr/ ? "rr" : "-" }
/b/ || /c/ { n++ }
!/a/ { print "without a" }
{ t += (/p/) * 10 }
{ s = s (/e/) }
END { print n, t, s }

#: stdin a\\nb\\tc\nC:\\\\new\\\\dir\n
# Backslashes in data mean nothing.
{ print $0, length($0); printf "%s\n", $0; x = $0 "!"; print x; n = gsub(/\\/, "/"); print n, $0 }

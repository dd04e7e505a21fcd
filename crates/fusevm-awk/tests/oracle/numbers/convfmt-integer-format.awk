#: differs original-awk: it hands a double to an integer format
# CONVFMT may be an integer format.
BEGIN { CONVFMT = "%d"; a[12.7] = "twelve"; print a[12], (12.2 in a), 12.9 "", (0.5 ""), -3.9 "" }

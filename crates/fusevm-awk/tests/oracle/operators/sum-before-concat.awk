#: differs original-awk: it joins two string constants before it adds
# A sum comes before a concatenation, also between string constants.
BEGIN { print 1 + "2" "3", "1" + "2" "3" }

#: differs original-awk: reading a directory is the end of a file there
# Reading a directory gives -1.
BEGIN { print (getline x < "."), x "."; print "after" }

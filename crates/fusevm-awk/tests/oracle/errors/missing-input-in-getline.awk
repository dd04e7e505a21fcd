# Reading what does not exist gives -1 and no message.
BEGIN { print (getline z < "no/such"); print "after" }

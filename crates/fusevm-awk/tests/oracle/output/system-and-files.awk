# A command sees what was written and closed or flushed before it.
BEGIN {
    print "b\na" > "data"; close("data"); system("sort data"); print "more" > "data2"; fflush("data2")
    system("cat data2"); system("echo made > made"); getline x < "made"; print x; system("rm made")
    print (getline x < "made")
}

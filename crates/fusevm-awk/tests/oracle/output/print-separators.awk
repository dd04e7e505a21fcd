#: stdin a b c\n
# OFS between the arguments of print, ORS behind.
BEGIN { OFS = "-"; ORS = "|\n" }
{
    print $1, $2; print $1 $2; print; $1 = $1; print; OFS = ":"; print $1, $2; print $0; $2 = $2; print
    ORS = ""; print "no", "end"; ORS = "\n"; print ""; print("p", "q"); print ("r")("s"); print 1, "", 3
}

# String constants and computed strings are strings, whatever they look like.
BEGIN {
    print ("10" < "9"), ("10" < 9), (10 < "9"), (10 < 9), ("1" == 1), ("1.0" == 1), ("01" == 1), (1 == 1.0)
    x = "10"; y = 9; z = "9"; print (x < y), (x < z), (x "" < y ""), (1 "0" < 9)
    print (substr("109", 1, 2) < 9), (sprintf("%d", 10) < 9), (toupper("10") < 9), (length("1234567890") < 9)
    print ("+1" == 1), (" 1" == 1), ("1e0" == 1), ("" < 0), ("a" < 0), (" " < 0), ("-1" < 0)
}

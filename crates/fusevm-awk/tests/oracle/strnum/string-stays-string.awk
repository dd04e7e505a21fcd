#: differs original-awk: a string variable that was once used as a number compares as one there
# Using a string as a number does not make it numeric.
BEGIN {
    x = "5"; y = x + 0
    print (x < 10), (y < 10), (x == 5), (x == 5.0), (x == "5.0")
    z = "5.0"; z + 0; print (z == 5), (z == 5 ""), -z
}

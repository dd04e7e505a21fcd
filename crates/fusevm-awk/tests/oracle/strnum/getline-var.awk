#: file in 10\n9\n 9.0 \nabc\n
# What getline reads into a variable is input too, and the record that getline reads.
BEGIN {
    getline a < "in"; getline b < "in"; getline c < "in"; getline d < "in"
    print (a < b), (b == c), (b == 9), (c == "9"), (d > 5), (a == "10"), (a == "10.0")
    "echo 1e1" | getline e; print (e == 10), (e == a), (e == "10")
    "echo 7 007" | getline; print ($1 == $2), ($2 == 7), $0
    close("in"); getline m[1] < "in"; getline m[2] < "in"; print (m[1] < m[2])
}

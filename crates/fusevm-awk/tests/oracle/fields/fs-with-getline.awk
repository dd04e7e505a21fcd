#: stdin a:b\nc:d\ne:f\n
# getline splits with the FS of its moment.
NR == 1 {
    print $1; FS = ":"; getline; print $1; FS = " "; "echo x:y z" | getline; print $1; FS = ":"
    "echo p:q" | getline v; print $1, v
}
NR == 3 { print $1 }

#: only gawk
#: operands lines
# A text that a match must have in it is searched for in many lines at once: what the program does to the record, and to the
# order of the lines, counts all the same.
function check(what) {
    printf "%d %s:", NR, what
    if (/needle/) printf " literal"
    if (/needle|thread/) printf " either"
    if (/one.*needle/) printf " sequence"
    if (/(needle|thread)s?[0-9]/) printf " digit"
    if (/^needle/) printf " first"
    if (/needle$/) printf " last"
    if (/x(yz)+[^a]needle/) printf " repeated"
    if (/needle\nnothing|here\n/) printf " two lines"
    if (/here$/) printf " here"
    if (/[xz]y.yz/) printf " row"
    printf " %d %d %d", index($0, "needle"), index($0, "here\nnothing"), index($0, "read")
    if (match($0, /need[a-z]*[0-9]/)) printf " at %d,%d", RSTART, RLENGTH
    if (sub(/needle/, "&")) printf " substituted"
    if (gsub(/thread/, "&")) printf " all"
    print ""
}
BEGIN {
    file = ARGV[1]
    for (i = 1; i <= 60; i++)
        print (i % 7 ? "nothing here" : i % 3 ? "one needle" (i % 2) : i % 2 ? "thread7 needle" : "xyzyz needle") > file
    close(file)
}
NR < 10 || NR > 50 { check("read") }
NR == 14 { $0 = "a thread9"; check("assigned"); $1 = "needle"; check("field"); NF = 1; check("fields") }
NR == 20 { getline line; check("another line"); print line }
NR == 25 { while (NR < 28) getline; check("later") }
NR == 34 { getline line; getline; check("next but one") }
NR == 40 { sub(/here/, "needle"); check("substituted") }
NR == 42 { IGNORECASE = 1; print /NEEDLE/; IGNORECASE = 0; print /NEEDLE/ }
NR == 48 { check("before RS"); RS = "e" }
NR == 50 { RS = "\n" }
END { check("end"); while ((getline < file) > 0) if (/thread/) n++; print n }

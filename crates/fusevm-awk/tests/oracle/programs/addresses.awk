#: files addresses.txt
# Records of several lines turned into one line each, sorted by the last name.
BEGIN { RS = ""; FS = "\n" }
{
    k = split($1, nm, " "); line = nm[k] ", " nm[1]; for (i = 2; i <= NF; i++) line = line " | " $i
    print line | "sort"
}

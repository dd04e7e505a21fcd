#: file in a;b;c\n\np q\nr\n\n\ns\n
# RS applies to every form of getline.
BEGIN {
    RS = ";"; getline x < "in"; getline y < "in"; print x, y; RS = ""; getline z < "in"; print z
    getline < "in"; print $1, $3, NF; RS = "\n"; "printf 'u,v'" | getline w; print w
}

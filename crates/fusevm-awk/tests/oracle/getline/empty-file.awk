#: file empty
#: file newline \n
#: file open no newline at the end
# The empty file, a file of one empty line, and a last line without its newline.
BEGIN {
    x = "kept"; print (getline x < "empty"), x
    print (getline x < "newline"), "[" x "]", (getline x < "newline"), "[" x "]"
    print (getline x < "open"), x, (getline x < "open"), x; print (getline < "open"), $0 "."
}

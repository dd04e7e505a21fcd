#: only gawk
# Functions and variables by name.
function f() { return 1 }
BEGIN {
    x = 5; y["k"] = "v"
    print SYMTAB["x"], SYMTAB["y"]["k"], ("x" in SYMTAB), ("nothing" in SYMTAB), isarray(SYMTAB["y"])
    SYMTAB["x"] = 6; SYMTAB["y"]["k2"] = 7; print x, y["k2"]
    print ("f" in FUNCTAB), ("length" in FUNCTAB), ("g" in FUNCTAB), FUNCTAB["f"]
    name = "x"; SYMTAB[name]++; print SYMTAB[name]
    print (PROCINFO["version"] != ""), (PROCINFO["pid"] > 0), PROCINFO["FS"]
    FIELDWIDTHS = "1"; print PROCINFO["FS"]; FPAT = "a"; print PROCINFO["FS"]; FS = ","; print PROCINFO["FS"]
}

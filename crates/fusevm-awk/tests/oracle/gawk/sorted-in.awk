#: only gawk
# The orders of loops over arrays.
function by_length(i1, v1, i2, v2) { return length(v1) - length(v2) }
function descending(i1, v1, i2, v2,   unused) { return i1 "" < i2 "" ? 1 : i1 "" > i2 "" ? -1 : 0 }
function walk(how,   k, s) { PROCINFO["sorted_in"] = how; for (k in a) s = s " " k "=" a[k]; print how ":" s }
BEGIN {
    a[10] = "ten"; a[9] = "nine!"; a["x"] = 3; a[1] = "30"; a["Y"] = 25.5; a["-1"] = "b"
    walk("@ind_str_asc"); walk("@ind_str_desc"); walk("@ind_num_asc"); walk("@ind_num_desc")
    walk("@val_str_asc"); walk("@val_str_desc"); walk("@val_num_asc"); walk("@val_num_desc")
    walk("@val_type_asc"); walk("@val_type_desc"); walk("descending")
    delete a; a[1] = "ccc"; a[2] = "a"; a[3] = "bb"
    walk("by_length")
    delete PROCINFO["sorted_in"]; n = 0; for (k in a) n++; print n
}

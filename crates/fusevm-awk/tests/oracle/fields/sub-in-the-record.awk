#: files access.log
# sub changes the record where it lies: while the program holds it or not, to something longer, shorter, or empty, with fields
# that were found or assigned before.
NR == 1 { sub(/i/, "<a longer piece of text than there was before, much longer>"); print; print NF, $1, $NF }
NR == 2 { kept = $0; sub(/[a-z]+/, ""); print; print kept; print NF }
NR == 3 { sub(/.*/, ""); print "[" $0 "]", NF; sub(/^/, "a b c"); print $0, NF, $2 }
NR == 4 { n = NF; $2 = "x"; print sub(/x/, "y z"), $0, NF - n, $2, $3 }
NR == 5 { print sub(/ .*/, ""), $0, NF, $1; print sub(/nothing like it/, "z"), $0 }
NR == 6 { sub(/ /, "\\&"); print; sub(/&/, "[&&]"); print; sub(/$/, " end"); print $NF }
NR == 7 { $0 = "12 apples"; if (sub(/ apples/, "")) print ($0 == 12.0), ($0 < 9) }
NR == 8 { a[1] = $0; b = $0; for (i = 0; i < 3; i++) sub(/[^-]/, "-"); print; print a[1]; print (a[1] == b) }

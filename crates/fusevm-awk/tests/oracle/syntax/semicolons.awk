# Empty statements and semicolons between rules.
BEGIN { ; ; print "a";; print "b"; } ; BEGIN { if (1) ; else ; while (0) ; for (;0;) ; print "c" };
BEGIN{print"d";}BEGIN{print"e"}
function f(x){return x};BEGIN { print f("f") } ; END { }

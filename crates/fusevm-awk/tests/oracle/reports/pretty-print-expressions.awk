#: options -o/dev/stdout
#: only gawk
function g(x) { return (x) }
{ print $1, $NF; print ($1) ($2); print (1, 2) > "x"; printf("%d\n", 3); printf("%d\n", 3) > "y"; printf "a"; print $0; print length }
END { x = -1; y = - -x; z = !x ~ y; w = -x ^ 2; v = 2 ^ -x; u = 2 * -3; print -1 " " -1; print x " " -y; print x -1, "a\x41\t\001" }
END { print gsub(/a/, "b") + 1, x + gsub(/a/, "b"), sub(/x/,"y") x, x sub(/x/, "y"); print a[1] b[2], f = 3, (x = 4) 5, x == 1 ? "a" : "b" }
END { "date" | getline; "date" "x" | getline y; getline z < "f" "g"; while ((getline line < ARGV[1]) > 0) n++; "c" |& getline }
END { if (!(3 in a)) print; if (!x) print; if (! x in a) print; print 1 in a, (1,2) in a; delete a; delete a[1]; exit x + 1 }
END { a1 = b1 = c; a1 += b1 -= 2; a1 **= 2; x = a1 ** 2 ^ 3; x = (a1 + b1) * c; x = a1 - (b1 - c); x = x g(1); x = x g(1) g(2) }
END { if (a2) b2; else if (c) d; else { e } if (a2) { if (b2) c } else { if (d) e; f } { x; { y } } ; ; do x++; while (x < 10) ; while (x) ; if (x) ; else y }
END { for (;;) break; for (i = 1;;) break; for (;i < 1;) break; for (;;i++) break; for (k in a) delete a[k]; print a2 b2 > (d e); print > "z" "w" }
END { @f(1, 2); g(); print _"hello" x, 010, 0x1F, 1e3, .5; y = @/typed\/re/; split(x, b); gensub(/a/, "b", "g"); patsplit(x, b); print $1++ + ++$2, $(i + 1), $-1 }
$1 == 2, /end/
!/x/ { next }

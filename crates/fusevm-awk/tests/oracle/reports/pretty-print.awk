#: only gawk
#: options -o/dev/stdout
# The layout of programs.
BEGIN { FS = ":"; x["a",1] = 3; y = (a + b) * c ; s = "a\tb\"q\\" "x" 1.50 1e6 0x11 ;
  # inner comment
  if (a) print "one"; else if (b) { print "two" } else print "three" # trailing
  while (i < 3) i++
  do { j-- ; k = -k } while (!j)
  for (i = 1; i <= 10; i++) { print i > "file"; print i, j >> "app"; printf("%s\n", i) | "cat"; printf "%d" , 3 |& "co" }
  for (;;) break
  for (k in x) delete x[k]
  delete x
  switch (a) { case 1: case "b": print; break; case /re/: print 3; default: print 4 }
  print a ? b : c, a && b || c, !a, a ~ /x/, a !~ "y", (a, b) in x, a in x, $1, $(i + 1), $NF, -1, +a, a++ + ++b
  a += 2; a **= 2; z = a ** 2
  print > "a" "b"
  print(1)(2)
  print (1,2) > "x"
  r = @/abc/
  exit 1
}
/re/
a == 1, b == 2 { next }
END { exit }
BEGINFILE { x }
function g(a, b,   c) { return a + b }
function f() { }

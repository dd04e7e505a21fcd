#: options -v FS=: -v OFS=- -v ORS='|\n' -v NR=10 -v RS=';'
#: stdin a:b;c:d;
# -v can set the built-in variables.
BEGIN { print "start", NR }
{ $1 = $1; print $0, NR, NF }

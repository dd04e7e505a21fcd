# Ten thousand lines through a pipe.
BEGIN {
    c = "i=0; while [ $i -lt 10000 ]; do echo $i; i=$((i+1)); done"
    while ((c | getline n) > 0) { s += n; k++ } print k, s, close(c)
}

#: only gawk
#: stderr any
# Values that are no ordinary numbers; gawk signs them.
BEGIN {
    big = 2 ^ 1024; nan = log(-1); inf = -log(0)
    print big, -big, inf, -inf, big == inf, inf - 1 == inf
    printf "%d %s %f %5.1f %g|%8d|%-8s|\n", big, big, -big, big, -big, big, -big
    print (big > 1e308), (-big < -1e308), big / big == 1, 1 / big, -1 / big, exp(1000) == big
    x = inf - inf; if (x < 0) x = -x; print (x == x), (x < 1), (x > 1)
}

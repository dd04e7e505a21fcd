# Two hundred thousand empty and short lines.
BEGIN {
    for (i = 0; i < 200000; i++) print i % 2 ? "x" i : "" > "f"; close("f")
    while ((r = (getline l < "f")) > 0) { n++; t += length(l) } print n, t, r; ARGV[1] = "f"; ARGC = 2
}
!NF { e++ }
END { print NR, e, $0 }

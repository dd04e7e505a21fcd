#: only gawk
# Integers out of the machine's range print in full or as floats.
BEGIN {
    printf "%d %d %i\n", 2 ^ 63, 1e19, -1e25; printf "%x %o %u\n", 2 ^ 62, 2 ^ 60, 2 ^ 63
    printf "%d %x %u\n", -1, -1, -1; printf "%5d|%-25d|%025d\n", 1e20, 1e20, 1e20; printf "%c%c\n", 9731, 233
    printf "%'d %'.1f\n", 1234567, 1234567.89; printf "%.3d %x\n", 2 ^ 64, 2 ^ 70
}

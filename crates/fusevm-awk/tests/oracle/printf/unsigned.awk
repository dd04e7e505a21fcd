# Octal, hexadecimal and unsigned conversions.
BEGIN {
    printf "[%o] [%x] [%X] [%u] [%#o] [%#x] [%#X]\n", 8, 255, 255, 42, 8, 255, 255
    printf "[%5o] [%-5x] [%05x] [%.4x] [%8.4x] [%#8x] [%#08x]\n", 8, 255, 255, 255, 255, 255, 255
    printf "[%x] [%o] [%x] [%#x] [%#o] [%x] [%u]\n", 0, 0, 15.9, 0, 0, "17", 4294967295
    printf "%x %X %o\n", 2 ^ 40, 48879, 511
}

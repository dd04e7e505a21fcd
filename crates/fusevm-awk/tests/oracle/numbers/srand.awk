# srand returns the seed before; rand repeats after the same seed and stays in [0, 1).
BEGIN {
    print srand(5), srand(7), srand(7)
    srand(42); for (i = 0; i < 5; i++) a = a " " rand()
    srand(42); for (i = 0; i < 5; i++) b = b " " rand()
    print (a == b), (a != " 0 0 0 0 0")
    for (i = 0; i < 1000; i++) { r = rand(); if (r < 0 || r >= 1) bad++; sum += r; d[int(r * 10)]++ }
    print bad + 0, (sum > 400 && sum < 600); for (i = 0; i < 10; i++) if (d[i] < 40) few++; print few + 0
    print srand("8x"), srand(), (srand() > 1000000000)
}

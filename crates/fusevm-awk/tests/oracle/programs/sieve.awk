# The sieve of Eratosthenes.
BEGIN {
    max = 2000
    for (i = 2; i <= max; i++) {
        if (i in composite) continue
        primes++; last = i
        for (j = i * i; j <= max; j += i) composite[j]
    }
    print primes, last, length(composite)
    for (i = 1990; i < 2000; i++) if (!(i in composite)) print i
}

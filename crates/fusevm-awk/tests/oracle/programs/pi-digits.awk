# Fifty digits of pi by a spigot.
BEGIN {
    n = 60; len = int(10 * n / 3) + 1; for (i = 0; i < len; i++) a[i] = 2
    for (j = nines = held = 0; j < n; j++) {
        q = 0
        for (i = len; i > 0; i--) { x = 10 * a[i - 1] + q * i; a[i - 1] = x % (2 * i - 1); q = int(x / (2 * i - 1)) }
        a[0] = q % 10; q = int(q / 10)
        if (q == 9) { nines++; continue }
        s = s (held + (q == 10)); for (; nines > 0; nines--) s = s (q == 10 ? 0 : 9)
        held = q % 10
    }
    print substr(s, 2, 1) "." substr(s, 3, 50)
}

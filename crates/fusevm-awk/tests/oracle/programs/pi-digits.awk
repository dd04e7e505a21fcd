# Digits of pi by the spigot.
BEGIN { n = 60; len = int(10 * n / 3) + 1; for (i = 0; i < len; i++) a[i] = 2; nines = predigit = 0
    for (j = 1; j <= n; j++) { q = 0; for (i = len; i > 0; i--) { x = 10 * a[i - 1] + q * i; a[i - 1] = x % (2 * i - 1); q = int(x / (2 * i - 1)) } a[0] = q % 10; q = int(q / 10)
        if (q == 9) nines++; else if (q == 10) { s = s predigit + 1; for (k = 0; k < nines; k++) s = s 0; predigit = nines = 0 } else { s = s predigit; predigit = q; for (k = 0; k < nines; k++) s = s 9; nines = 0 } }
    print substr(s, 2, 1) "." substr(s, 3, 50) }

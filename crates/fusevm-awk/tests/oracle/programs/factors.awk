#: stdin 1\n2\n60\n97\n1001\n65536\n999999\n2147483647\n
# Prime factors.
{
    n = $1; s = ""; for (p = 2; p * p <= n; p += p == 2 ? 1 : 2) while (n % p == 0) { s = s " " p; n /= p }
    if (n > 1) s = s " " n; print $1 ":" s
}

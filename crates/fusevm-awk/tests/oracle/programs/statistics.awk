#: stdin 2 4 4 4\n5 5 7 9\nx 1.5 -3\n
# Count, mean, deviation, median, least and greatest of all numbers in the input.
{
    for (i = 1; i <= NF; i++) if ($i ~ /^[-+]?[0-9.]+$/) {
        v[++n] = $i + 0; s += $i; q += $i * $i
    } else skipped++
}
END {
    for (i = 2; i <= n; i++) { t = v[i]; for (j = i - 1; j && v[j] > t; j--) v[j + 1] = v[j]; v[j + 1] = t }
    m = s / n
    printf "n=%d mean=%.4f sd=%.4f median=%g min=%g max=%g skipped=%d\n", n, m, sqrt(q / n - m * m),
        n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2, v[1], v[n], skipped
}

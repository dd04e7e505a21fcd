#: only gawk
# Letters for the size of a number mean nothing; two of them are no conversion.
BEGIN { printf "%ld %hd %5jd|%lld|%zu\n", 1, 2, 3, 4, 5 }

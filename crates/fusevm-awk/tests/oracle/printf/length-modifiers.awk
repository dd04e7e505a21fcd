# h, l and L before a conversion mean nothing.
BEGIN {
    printf "%ld %hd %li %lu %lx %hx|%5ld|%-5hd|%lf %Lf %le\n", 1, 70000, 3, 4, 255, 65551, 6, 7, 1.5, 2.5, 1
}

# A float kernel: two bodies for a thousand steps.
BEGIN {
    x = 1; y = 0; u = 0; v = 1; dt = 0.001
    for (i = 0; i < 5000; i++) {
        r = sqrt(x * x + y * y); f = -1 / (r * r * r); u += f * x * dt; v += f * y * dt; x += u * dt
        y += v * dt
    }
    printf "%.6f %.6f %.6f\n", x, y, (u * u + v * v) / 2 - 1 / sqrt(x * x + y * y)
}

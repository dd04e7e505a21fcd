# The Mandelbrot set in characters.
BEGIN {
    for (y = -1.2; y <= 1.21; y += 0.3) {
        s = ""
        for (x = -2; x <= 0.6; x += 0.08) {
            a = b = 0
            for (i = 0; i < 40 && a * a + b * b < 4; i++) { t = a * a - b * b + x; b = 2 * a * b + y; a = t }
            s = s substr(" .:-=+*%@#", int(i / 4.1) + 1, 1)
        }
        print s
    }
}

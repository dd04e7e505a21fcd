# int() cuts toward zero.
BEGIN {
    print int(3.9), int(-3.9), int(0.5), int(-0.5), int("3abc"), int("abc"), int(""), int(u), int("-7.9x")
    print int(1e6), int(1e15 + 0.5), int(2 ^ 53), int(-1e10 / 3), int("1e2"), int(" 12 "), int(.999999999999)
    print int(17 / 5), 17 - 5 * int(17 / 5), int(7.0), int(99.99 * 100), int(0.1 * 30), int(3 * 1.1 / 1.1)
}

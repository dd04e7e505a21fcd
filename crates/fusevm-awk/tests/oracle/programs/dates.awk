# Day numbers, weekdays, leap years and differences.
function leap(y) { return y % 4 == 0 && y % 100 != 0 || y % 400 == 0 }
function days(y, m, d,   a) {
    a = int((14 - m) / 12); y = y + 4800 - a; m = m + 12 * a - 3
    return d + int((153 * m + 2) / 5) + 365 * y + int(y / 4) - int(y / 100) + int(y / 400) - 32045
}
function number(s,   p) { split(s, p, "-"); return days(p[1], p[2], p[3]) }
function weekday(s) { return substr("MonTueWedThuFriSatSun", number(s) % 7 * 3 + 1, 3) }
BEGIN {
    print leap(1900), leap(2000), leap(2023), leap(2024)
    print weekday("2024-02-29"), weekday("1970-01-01"), weekday("2000-01-01"), number("1970-01-01")
    print number("2024-03-01") - number("2024-02-01"), number("2024-12-31") - number("2023-12-31"),
        number("2100-03-01") - number("2100-02-28")
}

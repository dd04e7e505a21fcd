#: stdin Man\nMa\nM\n\nhello, world\n
# Base64 there and back.
BEGIN {
    abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (i = 1; i < 128; i++) ord[sprintf("%c", i)] = i
}
function digit(n) { return substr(abc, n % 64 + 1, 1) }
function encode(s,   i, k, n, out) {
    for (i = 1; i <= length(s); i += 3) {
        n = 0
        for (k = i; k < i + 3; k++) n = n * 256 + (k <= length(s) ? ord[substr(s, k, 1)] : 0)
        out = out digit(int(n / 262144)) digit(int(n / 4096))
        out = out (i + 1 > length(s) ? "=" : digit(int(n / 64))) (i + 2 > length(s) ? "=" : digit(n))
    }
    return out
}
function decode(s,   i, k, c, n, bytes, out) {
    for (i = 1; i <= length(s); i += 4) {
        n = 0; bytes = 3
        for (k = i; k < i + 4; k++) {
            c = substr(s, k, 1)
            if (c == "=") { bytes--; n *= 64 }
            else n = n * 64 + index(abc, c) - 1
        }
        out = out sprintf("%c", int(n / 65536))
        if (bytes > 1) out = out sprintf("%c", int(n / 256) % 256)
        if (bytes > 2) out = out sprintf("%c", n % 256)
    }
    return out
}
{ e = encode($0); print e, (decode(e) == $0 ? "ok" : "bad") }

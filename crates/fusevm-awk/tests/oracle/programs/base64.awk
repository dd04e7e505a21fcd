#: stdin Man\nMa\nM\n\nhello, world\n
# Base64 there and back.
BEGIN { t = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; for (i = 1; i < 128; i++) ord[sprintf("%c", i)] = i }
function enc(s,   i, n, o, c) { for (i = 1; i <= length(s); i += 3) { n = 0; for (c = 0; c < 3; c++) n = n * 256 + (i + c <= length(s) ? ord[substr(s, i + c, 1)] : 0)
    o = o substr(t, int(n / 262144) + 1, 1) substr(t, int(n / 4096) % 64 + 1, 1) (i + 1 > length(s) ? "=" : substr(t, int(n / 64) % 64 + 1, 1)) (i + 2 > length(s) ? "=" : substr(t, n % 64 + 1, 1)) } return o }
function dec(s,   i, j, n, o, k) { for (i = 1; i <= length(s); i += 4) { n = 0; k = 3; for (j = 0; j < 4; j++) { c = substr(s, i + j, 1); if (c == "=") { k--; n *= 64 } else n = n * 64 + index(t, c) - 1 }
    o = o sprintf("%c", int(n / 65536)); if (k > 1) o = o sprintf("%c", int(n / 256) % 256); if (k > 2) o = o sprintf("%c", n % 256) } return o }
{ e = enc($0); print e, (dec(e) == $0 ? "ok" : "bad") }

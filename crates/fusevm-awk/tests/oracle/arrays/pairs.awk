# Elements at two subscripts: integers, of which native code makes no text, and what is none; another SUBSEP on the way.
function distance(s, t,   d, i, j, m, n, cost) {
  m = length(s); n = length(t)
  for (i = 0; i <= m; i++) d[i, 0] = i
  for (j = 0; j <= n; j++) d[0, j] = j
  for (j = 1; j <= n; j++)
    for (i = 1; i <= m; i++) {
      cost = substr(s, i, 1) != substr(t, j, 1)
      d[i, j] = d[i - 1, j] + 1
      if (d[i, j - 1] + 1 < d[i, j]) d[i, j] = d[i, j - 1] + 1
      if (d[i - 1, j - 1] + cost < d[i, j]) d[i, j] = d[i - 1, j - 1] + cost
    }
  return d[m, n]
}
function fill(m, n,   i, j) {
  for (i = 0; i < n; i++)
    for (j = 0; j < n; j++) {
      m[i, j] += i * j
      m[j, i]++
      if ((i - 1, j - 1) in m) m["x"]++
    }
}
BEGIN {
  print distance("kitten", "sitting"), distance("saturday", "sunday")
  for (r = 0; r < 100; r++) {
    t = u = ""
    for (k = 0; k < 20; k++) {
      t = t substr("abcdef", (r * 7 + k * k) % 6 + 1, 1)
      u = u substr("abcdef", (r * 5 + k * 3) % 6 + 1, 1)
    }
    sum += distance(t, u)
  }
  print sum

  fill(q, 60)
  for (k in q) total += q[k]
  print total, q["x"], q[3, 4], q["3" SUBSEP "4"], length(q)

  for (i = -20; i < 20; i += 0.5) for (j = 5; j > -5; j--) a[i, j] += i + j
  for (k in a) { split(k, p, SUBSEP); weight += p[1] * p[2] * a[k] }
  print weight, length(a)

  for (i = 0; i < 100; i++)
    for (j = 0; j < 10; j++) {
      if (i == 50 && j == 5) SUBSEP = ":"
      b[i, j] = i
      if (i == 70) SUBSEP = "\034"
    }
  for (k in b) colons += index(k, ":") > 0
  print colons, length(b), b["60:3"], (b[60, 3] == "")

  SUBSEP = ""
  for (i = 1; i < 60; i++) c[i, i] = i
  print c[1, 1], c[11], c["2" 2], c[2, 2]
  SUBSEP = "\034"

  for (i = 0; i < 300; i++) { z[i, 0]; z[-0, i]++ }
  print length(z), ((0, 7) in z), ((7, 7) in z)
  for (i = 0; i < 3000; i++) { w[i % 50, i]++; if (i > 100) delete w[(i - 100) % 50, i - 100] }
  print length(w)
  for (i = 0; i < 400; i++) { x[i, "k"] = i; y["" i, i] = i; y[i, i ""]++ }
  print length(x), length(y), y[399, 399], x[17, "k"]
  for (i = 0; i < 200; i++) { v[unset, i]++; v[i] = 1 }
  print length(v), (("", 5) in v), ((0, 5) in v)
  for (i = 0; i < 100; i++) g[i, i + 1, i + 2] += i
  print length(g), g[5, 6, 7], ((5, 6, 7) in g)
  for (i = 0; i < 90; i++) { third = i / 3; e[third, 1] = third }
  print length(e), e[2, 1], ((1 / 3, 1) in e)
  for (i = 0; i < 50; i++)
    for (j = 0; j < 50; j++) { old = f[i, j]; f[i, j] = f[i, j] "a"; letters += length(f[i, j]) length(old) }
  print letters, f[3, 3]
  for (i = 0; i < 300; i++) { old = h[i % 7, i % 3]++; h[i % 7, i % 3] -= 2; kept += old }
  print kept, h[0, 0], h[6, 2]
}

#: only gawk
# Arrays of arrays in loops that become native code: rows come and go, scalars stand beside them, functions get them.
function total(rows,   i, j, s) {
  for (i in rows) for (j in rows[i]) s += rows[i][j]
  return s
}
function fill(row, n,   i) { for (i = 0; i < n; i++) row[i] += i }
BEGIN {
  n = 40
  for (i = 0; i < n; i++) for (j = 0; j < n; j++) { a[i][j] = i + j; b[i][j] = i - j }
  for (i = 0; i < n; i++)
    for (j = 0; j < n; j++) {
      s = 0
      for (k = 0; k < n; k++) s += a[i][k] * b[k][j]
      c[i][j] = s
    }
  print c[3][4], c[n - 1][n - 1], length(c), length(c[5]), total(c)

  for (r = 0; r < 300; r++) { d[r % 7][r % 5]++; d[r % 7][r] = "x" r; d[r % 7]["n"] += 0.5 }
  print length(d), length(d[3]), d[3][2], d[0][0], d[6][299], d[1]["n"]
  for (r = 0; r < 200; r++) { e[r % 3][r]; if (r in e[r % 3]) seen++; if ((r + 1) in e[r % 3]) wrong++; delete e[r % 3][r - 30] }
  print seen, wrong + 0, length(e[0]), length(e[1]), length(e[2])
  for (r = 0; r < 100; r++) { fill(f[r % 4], 50); if (r == 60) delete f[2] }
  print f[0][49], f[1][10], f[2][49], f[3][1]
  for (r = 0; r < 200; r++) { g["s"] = r; g["t"]["u"] += g["s"]; old += g["t"]["v"]++ }
  print g["s"], g["t"]["u"], g["t"]["v"], old
  for (r = 0; r < 200; r++) h[r % 2][r % 3][r % 5] += r
  print h[1][2][3], h[0][0][0], length(h[1][1])
  for (r = 0; r < 100; r++) { w[r / 4]["q"] = r; x[-r][r, r] = r }
  print length(w), w[2.5]["q"], w["0.25"]["q"], length(x), x[-7][7, 7]
}

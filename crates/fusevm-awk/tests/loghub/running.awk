# Running figures with a moving average, in several formats.
{ len = length($0); sum += len; ring[NR % 10] = len; average = 0; for (i in ring) average += ring[i] }
NR % 50 == 0 { printf "%d %d %.3f %e %g %x %o %c|%s\n", NR, sum, sum / NR, average / 10, sum / 7, sum, NR, 65 + NR % 26, sum / NR }
END { print sum / NR, int(sum / NR), sum % 1000, sum ^ 0.5, -sum }

# The same file twice: the share of each line's last word among all lines.
BEGIN { ARGV[ARGC++] = ARGV[1] }
NR == FNR { total++; last[$NF]++; next }
FNR % 7 == 1 { printf "%6.2f%% %d %s\n", 100 * last[$NF] / total, NR - total, $NF }
END { print NR, FNR, total }

#: stdin a1\nb2\nb3\na4\nb5\n
# So many expressions are made between two records that those of the rules are forgotten meanwhile.
/a/ { for (i = 0; i < 998; i++) k += "r1" ~ ("r" i); next }
/b/ { m++ }
END { print k, m, NR }

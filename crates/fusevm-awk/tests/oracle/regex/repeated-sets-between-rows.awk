#: file log user=bob port 22 ssh2\nport  ssh2 port 7 ssh2\nfor invalid user ann from 10.0.0.1\nfor ann from 10.0.0.12: state 6\nstate 8 state 7 mod_jk child init\nmod_jk child worker\n[Sun 04] [error] mod_jk child workerEnv in state 6\n12.5\n-3.\n1.2.3\n\nJan 1: x=1;y=22; port 1 ssh2\nx=;y=5\nstate \nstate7 port 22 ssh2 x\nab-c a12bx-c a1bx-d\n
#: operands log log
# What repeats ends where the next piece begins; a match that begins with a text is looked for from that on.
/port [0-9]+ ssh2$/ { print FNR, "port" }
/for (invalid user )?[a-z]+ from [0-9.]+(:|$)/ { print FNR, "for" }
/mod_jk child (init|workerEnv)/ { print FNR, "child" }
/state [67]/ { print FNR, "state" }
/^\[[^]]*\] \[[a-z]+\]/ { print FNR, "brackets" }
/^-?[0-9]+[.][0-9]*$/ { print FNR, "number" }
/^[0-9]+([.][0-9]+)?$/ { print FNR, "decimal" }
/^[A-Z][a-z]{2,3} [0-9]{1,2}:/ { print FNR, "date" }
/x=[0-9]*;y=[0-9]+/ { print FNR, "pairs" }
/[0-9]$/ { print FNR, "digit" }
/a[0-9]*b[xy]*-c/ { print FNR, "letters" }
match($0, /state [67]/) { print FNR, RSTART, RLENGTH }
match($0, /mod_jk child (init|workerEnv)/) { print FNR, RSTART, RLENGTH }
sub(/port [0-9]+ ssh2/, "<&>") { print FNR, $0 }
/state [67]/ { $0 = "no state " FNR; if (/state [0-9]+$/) print FNR, "changed"; if (match($0, /state [0-9]/)) print RSTART }
match($0, /.*state [67]/) { print FNR, RSTART, RLENGTH }
match($0, /2+ ssh/) { print FNR, RSTART, RLENGTH }
match($0, /[a-z]*7/) { print FNR, RSTART, RLENGTH }

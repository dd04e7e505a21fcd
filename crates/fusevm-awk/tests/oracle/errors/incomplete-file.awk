#: exit 1
#: stderr some
#: only gawk
#: file rest print\x20x\x20}\n
#: argv -f prog.awk -f rest
BEGIN {
    x = 1

#: file lines.txt one\n2\n\n 4.0 \nlast
#: file other.txt x\ny\n
# A variable keeps its value at the end of a file, and a line that looks like a number is one.
function count(file,  line, n) { while ((getline line < file) > 0) { n++; total += line } close(file); return n line }
function both(file, line) { getline line < file; return line }
function letter(array) { return getline array["k"] < "other.txt" }
BEGIN {
	print (getline nothing < "no such file"), length(nothing), nothing + 0
	print count("lines.txt"), total
	print both("lines.txt", "before"), both("lines.txt"), both("lines.txt") "|", (both("lines.txt") == 4)
	while ((getline kept < "lines.txt") > 0) seen = kept
	print kept, seen, (getline kept < "lines.txt"), kept
	name = "other.txt"
	print (getline name < name), name
	name = "other.txt"
	print (getline < name), $0, NF
	close("other.txt")
	print letter(a), a["k"], (getline $2 < "other.txt"), $0, NF, (getline NF < "other.txt")
	close("lines.txt")
	for (i = 0; i < 300; i++) {
		if ((getline line < "lines.txt") <= 0) { close("lines.txt"); turns++ }
		all = all line ","
	}
	print turns, length(all), substr(all, 1, 40)
	while (("echo a; echo b" | getline word) > 0) words = words word
	print words, word
}

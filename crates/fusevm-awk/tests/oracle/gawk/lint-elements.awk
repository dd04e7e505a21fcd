#: options --lint
#: only gawk
#: stderr some
BEGIN {
	count["a"]++
	seen["b"] = 1
	if (seen["b"] && !seen["c"])
		print length(seen), length(count)
	for (key in count)
		print key, count[key]
}

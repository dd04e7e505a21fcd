# Functions around awk's own ones, called so often that they become native code.
function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
function last(s,   parts, n) { n = split(s, parts, "/"); return parts[n] }
function first_number(s) { return match(s, /[0-9]+/) ? substr(s, RSTART, RLENGTH) + 0 : -1 }
function hide(s) { sub(/[0-9]+/, "#", s); return s }
function wave(x) { return x * x * sin(x) + cos(x / 3) * exp(-x / 1000) + log(x + 1) + atan2(x, 7) }
function label(n) { return sprintf("%03d:%s", n % 1000, n % 2 ? "odd" : "even") }
function count(s, what) { return gsub(what, what, s) }
function say(n) { if (n % 5000 == 0) print "at", n; return n * 2 }
function forget(key) { seen[key]++; if (seen[key] > 2) delete seen[key]; return length(seen) }
function capital(s) { return toupper(substr(s, 1, 1)) tolower(substr(s, 2)) }
function fill(n,   cells, i, sum) { for (i = 1; i <= 3; i++) cells[i] = n; for (i in cells) sum += cells[i]; return sum }
BEGIN {
    for (i = 1; i <= 20000; i++) {
        length_of_trimmed += length(trim("  a" i " \t"))
        parts[last("/usr/share/" (i % 7))]++
        numbers += first_number("item" i "x")
        hidden[hide("n" i "m")]++
        waves += wave(i)
        labels[label(i)]++
        commas += count("a,b," i, ",")
        said += say(i)
        remembered += forget(i % 11)
        names[capital("hELLO" (i % 3))]++
        filled += fill(i)
    }
    print length_of_trimmed, numbers, commas, said, remembered, filled
    printf "%.4f\n", waves
    for (i = 0; i < 7; i++) printf "%d ", parts[i]
    print length(hidden), hidden["n#m"], length(labels), labels["017:odd"]
    print names["Hello0"], names["Hello1"], names["Hello2"]
}

#: exit 2
#: stderr some
# The error comes from a function within functions that are native code by then; what was printed before is there.
function replaced(s, pattern) { gsub(pattern, "-", s); return s }
function twice(s, pattern) { return replaced(replaced(s, pattern), pattern) }
BEGIN {
    for (i = 1; i <= 30000; i++) {
        total += length(twice("abc" i, i < 25000 ? "[a-c]" : "[a-c"))
        if (i % 5000 == 0) print i, total
    }
}

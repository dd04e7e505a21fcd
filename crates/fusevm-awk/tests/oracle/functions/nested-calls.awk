# Calls as arguments of calls.
function add(a, b) { return a + b }
function twice(s) { return s s }
BEGIN {
    print add(add(1, 2), add(3, add(4, 5))), twice(twice("ab")), length(twice(add(6, 7)))
    print twice(substr(twice("xyz"), 2, 3)), add(length("four"), index("abc", "c"))
    a[add(1, 1)] = twice("v"); print a[2], a[add(a[0] = 1, a[0])]
}

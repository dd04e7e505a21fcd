#: only gawk
# Calls of functions whose names variables hold.
function add(a, b) { return a + b }
function first(array) { return array[1] }
function put(array, k, v) { array[k] = v }
function fact(n, f) { f = "fact"; return n < 2 ? 1 : n * @f(n - 1) }
function locals(x,   unused) { return x unused "!" }
function apply(f, x) { return @f(x) }
BEGIN {
    f = "add"; print @f(2, 3)
    f = "put"; @f(a, 1, "one"); f = "first"; print @f(a), length(a)
    f = "fact"; print @f(5)
    f = "locals"; print @f("only"), @f()
    print apply("toupper", "x"), apply("length", "four"), apply("sqrt", 16)
    f = "substr"; print @f("hello", 2, 3), @f("hello", 4)
    f = "sprintf"; print @f("%s-%d", "a", 7)
    f = "split"; print @f("x y z", parts), parts[3]
    f = "gensub"; print @f("b", "B", "g", "abcb")
    f = "isarray"; print @f(parts), @f(3)
    f = "and"; print @f(12, 10, 8)
}

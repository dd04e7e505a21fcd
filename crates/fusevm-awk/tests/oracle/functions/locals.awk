# Extra parameters are locals, new and unset in each call.
function f(n,   local, arr) {
    out = out "[" local "]"; local = n; arr[n] = n; arr[n + 1]
    if (n) f(n - 1)
    out = out "(" local length(arr) ")"
}
BEGIN { f(3); print out; print "[" local "]", length(local) }

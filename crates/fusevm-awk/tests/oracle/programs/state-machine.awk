#: stdin login ann\nread x\nlogout\nread y\nlogin bob\nlogin cleo\nwrite z\nlogout\nlogout\n
# A protocol checked by a table of states.
BEGIN {
    n = split("out:login:in in:read:in in:write:in in:logout:out", t, " ")
    for (i = 1; i <= n; i++) { split(t[i], p, ":"); go[p[1], p[2]] = p[3] } state = "out"
}
(state, $1) in go {
    state = go[state, $1]; ok[$1]++; if ($1 == "login") who = $2; print NR, who, $0 " -> " state; next
}
{ print NR, "error in state " state ": " $0; bad++ }
END { print ok["login"], ok["logout"], bad, state }

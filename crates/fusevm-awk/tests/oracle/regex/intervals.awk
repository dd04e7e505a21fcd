# Counted repetition.
function show(s, re) { return match(s, re) ? RSTART "," RLENGTH : "-" }
BEGIN {
    print show("aaaa", "a{2}"), show("a", "a{2}"), show("aaaa", "a{2,3}"), show("aaaa", "a{2,}"),
        show("aaaa", "^a{3}$"), show("aaaa", "a{0,1}"), show("baaa", "a{1}")
    print show("ababab", "(ab){2}"), show("ababab", "(ab){3}$"),
        show("2024-03-05", "^[0-9]{4}(-[0-9]{2}){2}$"), show("12", "[0-9]{3,}"), show("x", "xy{0}"),
        show("xyyy", "xy{2,5}")
}

# Bracket expressions: ranges, negation, and the characters that lose their meaning.
function t(re, list,   i, n, a, s) {
    n = split(list, a, " "); for (i = 1; i <= n; i++) s = s ((a[i] ~ re) ? "1" : "0"); print re, s
}
BEGIN {
    t("^[abc]$", "a b c d A"); t("^[a-cx-z]$", "a b c d w x z"); t("^[^a-c]$", "a c d 1 -")
    t("^[]a]$", "] a b [")
    t("^[^]a]$", "] a b ["); t("^[a-]$", "a - b"); t("^[-a]$", "a - b"); t("^[.*+?]$", ". * + ? a")
    t("^[$^]$", "$ ^ a")
    t("^[(|)]$", "( | ) a"); t("^[\\\\]$", "\\ a /"); t("^[/]$", "/ a"); t("^[0-9.]+$", "1.5 3 1,5 ...")
    t("^[{}]$", "{ } a")
    t("^[[:digit:]_]+$", "1_2 a1 __"); t("^[]-a]$", "] ^ _ ` a b \\"); t("[^ ]", "a b")
    t("^[\\]a]$", "] a b")
}

# Strings collected in elements.
BEGIN {
    for (i = 1; i <= 20; i++) g[i % 3] = g[i % 3] (g[i % 3] == "" ? "" : ",") i
    for (i = 0; i < 3; i++) print i, g[i]
    for (i = 1; i <= 1000; i++) s["x"] = s["x"] i; print length(s["x"])
}

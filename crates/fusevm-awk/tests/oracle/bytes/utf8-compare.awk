# Equality and concatenation need no knowledge of characters.
BEGIN {
    a["é"] = 1; a["日"] = 2
    print ("é" in a), a["日"], ("é" == "é"), ("e" == "é"), "né" "e", (index("aéb", "é") ? "in" : "out")
    s = "naïve"; sub(/ï/, "i", s); print s; gsub(/v/, "→", s); print s
}

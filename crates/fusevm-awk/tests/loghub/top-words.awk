# The thirty most frequent words, by a selection in the program.
{ for (i = 1; i <= NF; i++) count[$i]++ }
END {
    for (rank = 1; rank <= 30; rank++) {
        best = ""
        for (word in count)
            if (best == "" || count[word] > count[best] || (count[word] == count[best] && word < best)) best = word
        if (best == "") break
        print rank, count[best], best
        delete count[best]
    }
}

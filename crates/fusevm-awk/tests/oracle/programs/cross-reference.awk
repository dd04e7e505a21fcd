#: files words.txt
# The lines on which each word stands.
{
    for (i = 1; i <= NF; i++)
        if (length($i) > 4 && at[$i] !~ ("(^| )" NR "$")) at[$i] = at[$i] (at[$i] == "" ? "" : " ") NR
}
END { for (w in at) printf "%-8s %s\n", w, at[w] | "sort" }

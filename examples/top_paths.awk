# The ten pages that are asked for most, with what they send and how long they take.
#
#   awk -f top_paths.awk access.log

{
    hits[$7]++
    bytes[$7] += $10
    ms[$7] += $11
}

END {
    printf "%4s  %6s  %8s  %7s  %s\n", "rank", "hits", "kB", "mean ms", "path"
    for (rank = 1; rank <= 10 && (top = most_hit()) != ""; rank++) {
        printf "%4d  %6d  %8.1f  %7.1f  %s\n",
            rank, hits[top], bytes[top] / 1000, ms[top] / hits[top], top
        delete hits[top]
    }
}

# The path with the most hits; of equals the first by name.
function most_hit(    path, best) {
    for (path in hits)
        if (best == "" || hits[path] > hits[best] || hits[path] == hits[best] && path < best)
            best = path
    return best
}

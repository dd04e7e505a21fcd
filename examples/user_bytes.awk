# What each user has downloaded, the most first, with the share of the whole.
#
#   awk -f user_bytes.awk access.log

{
    bytes[$3] += $10
    requests[$3]++
    total += $10
}

END {
    for (user in bytes)
        insert(user)
    for (i = 1; i <= users; i++) {
        user = ranking[i]
        share = total ? 100 * bytes[user] / total : 0
        printf "%-10s %5d requests  %9s  %5.1f %%\n",
            (user == "-" ? "(nobody)" : user), requests[user], human(bytes[user]), share
    }
    printf "%-10s %5d requests  %9s\n", "total", NR, human(total)
}

# Put a user in the ranking: by bytes, then by name.
function insert(name,    place) {
    for (place = ++users; place > 1 && before(name, ranking[place - 1]); place--)
        ranking[place] = ranking[place - 1]
    ranking[place] = name
}

function before(a, b) {
    return bytes[a] > bytes[b] || bytes[a] == bytes[b] && a < b
}

# A number of bytes with the unit that makes it easy to read.
function human(size,    unit, units) {
    split("B kB MB GB TB", units)
    for (unit = 1; size >= 1000 && unit < 5; unit++)
        size /= 1000
    return sprintf((unit == 1 ? "%d %s" : "%.1f %s"), size, units[unit])
}

# Print one day of a web shop's access log: the same lines on every machine, in every awk.
#
#   awk -f make_log.awk                          1000 lines
#   awk -v n=600 -f make_log.awk > access.log    the file beside this one
#   awk -v n=1000000 -v seed=7 -f make_log.awk   another day, a busier shop
#
# A line is the common log format, then the time taken in ms and a level:
#
#   203.0.113.11 - alice [12/Mar/2025:14:02:33 +0000] "GET /cart HTTP/1.1" 200 3104 25 info
#   $1           $2 $3   $4                    $5      $6   $7    $8       $9  $10  $11 $12
#
# Something is wrong with the shop between two and three in the afternoon.

BEGIN {
    if (n == "") n = 1000
    state = seed == "" ? 20250312 : seed
    users = split("alice bob carol dave erin frank", user)

    # method, path, share of the requests, usual size in bytes, usual time in ms
    page("GET",  "/",                30,  5200,  12)
    page("GET",  "/products",        20, 14800,  30)
    page("GET",  "/products/teapot", 12,  7400,  22)
    page("GET",  "/static/app.css",  15, 21300,   2)
    page("GET",  "/static/logo.svg", 12,  1900,   1)
    page("GET",  "/search?q=tea",     8,  9100,  85)
    page("POST", "/login",            5,   310,  60)
    page("GET",  "/cart",             6,  3100,  25)
    page("POST", "/cart",             4,   420,  35)
    page("POST", "/checkout",         3,  1250, 140)
    page("GET",  "/export.csv",       1, 88000, 420)
    page("GET",  "/old-catalogue",    2,   512,   3)

    for (line = 0; line < n; line++)
        request(int(86400 * (line + random(100) / 100) / n))
}

# Describe a page.
function page(verb, name, weight, typical_bytes, typical_ms) {
    method[++pages] = verb
    path[pages] = name
    share[pages] = weight
    size[pages] = typical_bytes
    time[pages] = typical_ms
    shares += weight
}

# Print the request that comes in at this second of the day.
function request(second,    p, hour, status, bytes, ms, who, ip, level) {
    hour = int(second / 3600)
    p = choose_page()
    status = choose_status(p, hour)
    bytes = status == 200 ? around(size[p]) : status == 304 ? 0 : 512
    ms = around(time[p]) * (status == 503 ? 20 : 1) + (one_in(40) ? random(900) : 0)

    # Half of the visitors have logged in; each of these comes from one machine.
    who = random(2 * users) + 1
    ip = (who in user) ? "203.0.113." (10 + who) : "198.51.100." (1 + random(250))

    level = status >= 500 ? "error" : status >= 400 || ms > 500 ? "warn" : "info"
    printf "%s - %s [12/Mar/2025:%02d:%02d:%02d +0000] \"%s %s HTTP/1.1\" %d %d %d %s\n",
        ip, (who in user ? user[who] : "-"),
        hour, int(second / 60) % 60, second % 60,
        method[p], path[p], status, bytes, ms, level
}

# A page, each as often as its share says.
function choose_page(    ticket, p) {
    ticket = random(shares)
    for (p = 1; ticket >= share[p]; p++)
        ticket -= share[p]
    return p
}

function choose_status(p, hour) {
    if (path[p] == "/old-catalogue") return 404
    if (path[p] == "/login" && one_in(4)) return 401
    if (path[p] ~ /^\/static/) return one_in(2) ? 304 : 200
    if (hour == 14 && !one_in(3)) return 503
    return one_in(120) ? 500 : 200
}

# An integer near this one, from three quarters to five quarters of it.
function around(number) {
    return int(number * (75 + random(51)) / 100)
}

function one_in(count) {
    return random(count) == 0
}

# An integer from 0 to below the bound: the generator of Park and Miller, whose products stay
# below 2^53 and so are exact in awk's numbers.
function random(bound) {
    state = state * 16807 % 2147483647
    return state % bound
}

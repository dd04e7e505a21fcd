# Letters match their own case only.
BEGIN {
    print ("ABC" ~ /abc/), ("ABC" ~ /[a-z]/), (tolower("ABC") ~ /abc/), ("aB" ~ /[aA][bB]/), ("Z" ~ /[A-Z]/),
        ("z" ~ /[A-Z]/)
}

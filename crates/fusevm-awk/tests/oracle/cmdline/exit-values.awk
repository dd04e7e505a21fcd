#: exit 1
# The code is cut to what a process can give, and strings count as numbers.
BEGIN { exit "257 things" }

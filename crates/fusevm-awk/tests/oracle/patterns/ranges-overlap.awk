#: files sections.txt
# Every range has a state of its own, also when the same text stands twice.
/one$/, /two$/ { a = a " " NR }
/alpha/, /gamma/ { b = b " " NR }
/alpha/, /gamma/ { c = c " " NR }
END { print a; print b; print c }

#: files sections.txt
# A range holds from a record that matches the first pattern to one that matches the second.
/^BEGIN/, /^END/ { print NR ": " $0 }

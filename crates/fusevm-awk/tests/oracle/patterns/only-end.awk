#: files words.txt
# With only END all input is read, and the last record stays.
END { print NR, NF, $0, $2, FILENAME }

#: argv '' left.txt
#: files left.txt
# An empty program does nothing.

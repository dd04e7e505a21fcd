#: options -v RS='[0-9]+|\n'
#: stdin one1two22three\nfour\n
# A longer RS is a regex.
{ print NR ": " $0 }

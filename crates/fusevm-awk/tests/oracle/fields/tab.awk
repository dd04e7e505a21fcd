#: options -F'\t'
#: stdin a\tb c\t\td\n\t\nno tabs\n\tx\n
# Tabs count one by one.
{ print NF, "[" $1 "][" $2 "][" $4 "]" }

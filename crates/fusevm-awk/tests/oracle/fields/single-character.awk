#: options -F:
#: files accounts.txt
# A single character separates each time it stands.
{ print NF, $1, $3, "[" $5 "]", $NF }

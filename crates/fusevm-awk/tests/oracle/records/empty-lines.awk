#: stdin \n\n\nx\n\n
# Empty lines are records.
{ print NR, NF, length($0) }
!NF { e++ }
END { print e }

#: differs original-awk: it reads $a[i]++ as $(a[i]++)
#: stdin 5 6 7\n
# A postfix increment after $x[i] counts the field up, not the element.
{ a[1] = 2; print $a[1]++, $2, a[1]; $a[1]--; print; print -$a[1]++, $0 }

# Lines that speak of trouble, with their numbers.
/[Ee]rror|[Ff]ail|[Ii]nvalid|WARN/ && !/state 6/ { print NR ": " $0 }
$0 ~ "(BREAK|exception).*" { n++ }
END { print n + 0 }

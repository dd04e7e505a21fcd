#: stdin key=gold-1 ok\nkey=silver-2 failed\nkey=bronze-3 done\nkeys=gold-1 ok \nGET /a 200 ok\nPOST /b 500 failed\nkey=gold\nok\n\nkey=gol-1key=silver-9\n
# Alternatives at the beginning, between and at the end.
/key=(gold|silver)-[0-9]/ { printf " 1" }
/^(GET|POST) .*(ok|failed)$/ { printf " 2" }
/(ok|failed|one)$/ { printf " 3" }
/^(key=|GET )(gold|.*)(ok|d|-1)$/ { printf " 4" }
/(gold|silver).*(ok|[13579])$/ { printf " 5" }
/^(key)?(=|s).*(old|-)/ { printf " 6" }
/(a|bronze|POST).*(0|-)(0|3)/ { printf " 7" }
{ print " " NR; for (i = 1; i <= NF; i++) if ($i ~ /^(key|k).*=(gold|silver|bronze)-(1|2)$/) print "field", i, $i }

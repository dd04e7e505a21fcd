#: only gawk
#: env GREETING=hello
BEGIN {
	system("echo system $GREETING $NEW")
	ENVIRON["GREETING"] = "bye"
	ENVIRON["NEW"] = "five"
	system("echo system $GREETING $NEW")
	"echo getline $GREETING $NEW" | getline line
	print line
	print "x" | "cat > /dev/null; echo pipe $GREETING $NEW"
	close("cat > /dev/null; echo pipe $GREETING $NEW")
	"echo coprocess $GREETING $NEW" |& getline line
	print line
	delete ENVIRON["GREETING"]
	system("echo deleted ${GREETING-unset}")
	change(ENVIRON)
	system("echo by another name $NEW")
}

function change(variables) { variables["NEW"] = "new" }

#: options -o/dev/stdout
#: only gawk
# The head of the program,

# in two parts.

BEGIN { # behind a brace
	# in a block

	# with an empty line
	x = 1 # behind a statement
	# between statements
	if (x) { # of a condition
		y # inside
	} else { # of the other way
		z # inside, too
	} # behind it
	if (x) { y } # behind one without else
	while (a) { # of a loop
		b # of its body
	} # behind the loop
	do { c } while (d) # behind do
	for (;;) { # of for
		# only this
		break
	}
	switch (q) { # of switch
	case 1: # of a case
		# in a case
		r # in its statement
	default:
		# of the default
		s
	} # behind switch
	# at the end
} # behind the rule

# before a rule
/x/ { # of a pattern
	print # without anything
}

# before a function
function f(a, b) { # of its body
	return a # of return
} # behind the function
# before the last rule
END { x; y # two on a line
}
# at the very end

#: stdin fooXbarxbazX\n
# A letter separates in its own case only.
BEGIN { RS = "X" }
{ print NR ": [" $0 "]" }

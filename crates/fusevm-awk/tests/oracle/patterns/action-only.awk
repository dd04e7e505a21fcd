#: stdin one\ntwo\nthree\n
# An action without a pattern runs for each record; rules run in order.
{ n++ }
{ s = s n ":" $0 " " }
END { print s }

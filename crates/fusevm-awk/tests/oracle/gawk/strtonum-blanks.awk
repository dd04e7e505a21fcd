#: only gawk
# The mark of another base stands at the very beginning.
BEGIN { print strtonum("0x1A"), strtonum(" 0x1A"), strtonum("017"), strtonum(" 017"), strtonum("-0x11"), strtonum(" 12 ") }

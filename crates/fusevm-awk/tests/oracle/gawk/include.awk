#: only gawk
#: file lib.awk function twice(x) { return x * 2 }\nBEGIN { order = order "lib " }\n@namespace "inner"\nfunction g() { return "inner" }\n
#: file more.awk @include "lib.awk"\nBEGIN { order = order "more " }\n
BEGIN { order = order "start " }
@include "more"
BEGIN { order = order "end"; print order; print twice(21), inner::g() }
@include "lib.awk"

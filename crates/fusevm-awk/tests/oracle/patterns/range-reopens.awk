#: stdin on\na\noff\nb\non\nc\non\nd\noff\noff\ne\non\n
# A closed range can open again; an opening record inside it changes nothing.
/on/, /off/ { print NR, $0; next }
{ print NR, "outside" }

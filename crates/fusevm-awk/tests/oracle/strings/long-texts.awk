#: env LC_ALL=C.UTF-8
#: differs original-awk: this version counts bytes
# Long texts, of which characters are taken one by one while they stay the same, and while they grow.
BEGIN {
  plain = "abcdefghij"; mixed = "abcde\303\251ghi\342\202\254"
  while (length(plain) < 3000) plain = plain plain
  while (length(mixed) < 3000) mixed = mixed mixed
  print length(plain), length(mixed)
  for (i = 1; i <= length(plain); i++) if (substr(plain, i, 1) == "c") p++
  for (i = 1; i <= length(mixed); i++) {
    c = substr(mixed, i, 1)
    if (c == "\303\251") accents++
    if (c == "\342\202\254") signs++
    if (substr(mixed, length(mixed) - i + 1, 1) == c) palindrome++
  }
  print p, accents, signs, palindrome
  print substr(mixed, 4090, 3), substr(mixed, length(mixed) - 2), substr(mixed, 1000, 0) "."
  text = mixed
  for (i = 0; i < 300; i++) {
    text = text (i % 3 ? "x" : "\303\274")
    last = last substr(text, length(text), 1)
    first = first substr(text, i + 1, 1)
    if (i % 50 == 0) text = substr(text, 2)
  }
  print length(text), length(last), substr(last, 1, 12), first
}

# The first line of each kind, where kinds differ in more than digits.
{ kind = $0; gsub(/[0-9a-f]*[0-9][0-9a-f]*/, "#", kind) }
!seen[kind]++ { print NR, $0 }
END { for (kind in seen) { kinds++; if (seen[kind] > 1) repeated++ } print kinds, repeated + 0 }

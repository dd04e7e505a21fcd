#: only gawk
#: files utf8.txt
# A dot, a bracket and a class match whole characters.
{
    s = $0; print gsub(/./, "x", s), s; s = $0; n = gsub(/[éïößçα-ω]/, "<&>", s); print n, s; s = $0
    print gsub(/[[:alpha:]]/, "a", s), s; print ($0 ~ /^.{12}$/), match($0, /.$/), match($0, /[[:upper:]]/)
}

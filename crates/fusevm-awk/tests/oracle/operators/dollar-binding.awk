#: stdin 3 1 2\n
# $ binds tighter than everything but grouping and increments written before its operand.
{
    i = 1
    print $i, $i + 1, $(i + 1), $NF, $NF - 1, $(NF - 1), $NF ^ 2, -$1, !$1
    print $$1, $$$1, $$NF + 1, $i $i, $(i)(i), $++i, i, $i++, i, $0
    print ($1 $2 == 31), $1"x"$2, $1 -1, $1" "-1, ($1)($2), $NF NF
    x["a"] = 3; print $x["a"], $length("ab"), $(1 > 0), $--i
}

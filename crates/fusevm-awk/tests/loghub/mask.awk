# Numbers and addresses replaced, so that lines of one kind become equal.
{
    line = $0
    addresses += gsub(/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(:[0-9]+)?/, "<addr>", line)
    ids += gsub(/blk_-?[0-9]+/, "<block>", line)
    numbers += gsub(/[0-9]+/, "<&>", line)
    gsub(/<[0-9]+>/, "<n>", line)
    print line
}
END { print addresses, ids, numbers }

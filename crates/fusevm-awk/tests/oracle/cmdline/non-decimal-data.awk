#: only gawk
#: options -n -v given=0x1F
#: stdin 0x11 011 -0x12 08 0x 1e1 5apple 0x1az\n
# Texts are hexadecimal and octal numbers, in every place where a text becomes a number.
{
    for (i = 1; i <= NF; i++)
        print $i, $i + 0, typeof($i), ($i == 17), ($i ? "true" : "false"), strtonum($i)
    printf "%d %5.1f %s\n", $1, $2, $3
    a["0x11"]; print (17 in a), ("0x11" in a), (given == 31), substr("hello", "0x2")
    constant = "0x10"; print constant + 0, -constant, constant++, constant
}

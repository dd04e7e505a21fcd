#: stdin a b\n
# A number assigned to a field enters the record by CONVFMT, integers as they are.
{
    $1 = 3.14159265; print; $2 = 1e6; print
    CONVFMT = "%.2f"; $1 = 2.71828; print; print $0, $1 + 0; $2 = 0.1 + 0.2; print $0; $3 = -0.5
    print $3 + 0, NF; $1 += 1; print
}

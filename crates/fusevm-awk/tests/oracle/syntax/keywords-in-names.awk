# Names that begin with keywords.
function printer(ifx) { return ifx "!" }
function in_list(x) { return x in list }
BEGIN {
    iff = 1; forx = 2; inn = 3; dot = 4; elsewhere = 5; getlines = 6; nextx = 7; lengthy = 8; BEGINNER = 9
    print iff forx inn dot elsewhere getlines nextx lengthy BEGINNER, printer("p"); list["a"]
    print in_list("a"), in_list("b"); _under = "_"; a1b2 = "ab"; A = "upper"; a = "lower"
    print _under, a1b2, A, a; NFx = 3; print NFx NF
}

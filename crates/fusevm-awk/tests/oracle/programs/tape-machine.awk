# An interpreter of a tape language inside the interpreter.
BEGIN {
    run("++++++++[>++++++++<-]>+.+.+.")
    run("+++++[>+++++[>+++<-]<-]>>---.>++++++++++.")
    run("+++[>+++[>+++[>++<-]<-]<-]>>>+++++++++++.--.[-]<[-]")
}
function run(text,   n, i, c, op, open_, sp, jump, cell, at, pc, steps) {
    n = length(text); at = 0
    for (i = 1; i <= n; i++) {
        op[i] = c = substr(text, i, 1)
        if (c == "[") open_[++sp] = i
        else if (c == "]") { jump[i] = open_[sp]; jump[open_[sp--]] = i }
    }
    for (pc = 1; pc <= n; pc++) {
        c = op[pc]; steps++
        if (c == ">") at++
        else if (c == "<") at--
        else if (c == "+") cell[at] = (cell[at] + 1) % 256
        else if (c == "-") cell[at] = (cell[at] + 255) % 256
        else if (c == ".") printf "%c", cell[at] + 0
        else if (c == "[" && !cell[at] || c == "]" && cell[at]) pc = jump[pc]
    }
    print " after", steps, "steps"
}

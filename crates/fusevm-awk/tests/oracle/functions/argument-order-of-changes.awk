# Arguments are values of the time of the call: the callee's changes to globals do not reach them.
function f(a, b) { g = "changed"; x[1] = "new"; return a " " b " " g }
BEGIN { g = "before"; x[1] = "old"; print f(g, x[1]), g, x[1]; $0 = "p q"; print r($1), $1 }
function r(v) { $1 = "z"; return v }

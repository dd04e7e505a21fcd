# Where newlines and blanks may stand around functions.
function f(a,
           b,
           c)
{
    return a + \
        b + c
}
function g(x) { return x } function h(y) { return y }; BEGIN { print f(1,
    2, 3), g( 4 ), h(5)g(6) }
function empty() { }
BEGIN { print empty() "." }

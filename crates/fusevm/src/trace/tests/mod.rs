//! Tests of the trace IR and the optimiser.

mod eval;
mod filetests;
mod generate;
mod generate_loop;
mod matrix;
mod property;
mod rng;
mod state;

use super::text::parse;

/// All that the text form has.
const EVERYTHING: &str = "\
snap s0 at 3
v0 = rload int r0 -> s0
v1 = addov v0, 1 -> s0
v2 = math2 pow, -0.0, nan
v3 = gload array g7
v4 = alen v3
gstore g8, 2.5
loop
v7 = phi int v1, v8
snap s1 at 4 in [u0:2 ret 9 +8, u1:0 ret 3 +-2] {r0 = v1, g2 = array(1, cell(v1), hash(str#3: undef))}
v8 = addov v7, -9223372036854775808 -> s1 shadow
step 7 next 8 writes r3..r5 r9 g2 elements outside -> s1
fuel 3 -> s1
back
";

#[test]
fn text_round_trip() {
    let trace = parse(EVERYTHING).unwrap();
    super::verify::verify(&trace).unwrap();
    assert_eq!(trace.to_string(), EVERYTHING);
}

#[test]
fn errors_name_the_line() {
    for (text, message) in [
        ("v0 = what 1", "line 1: no operation \"what\""),
        ("\nv0 = add 1, v7", "line 2: no value \"v7\""),
        ("v0 = add 1", "line 1: the line ends too early"),
        ("rstore r0, 1 1", "line 1: unexpected \"1\""),
        ("exit -> s3", "line 1: no snapshot \"s3\""),
        ("v0 = rload word r1", "line 1: no type \"word\""),
        ("x = rstore r0, 1", "line 1: x would name nothing"),
    ] {
        assert_eq!(parse(text).unwrap_err(), message, "{text}");
    }
}

#[test]
fn what_is_malformed_is_refused() {
    for (text, message) in [
        ("", "the trace is empty"),
        ("poll\nback", "v0 (poll): it needs a snapshot"),
        ("rfree r1 -> s0\nrstore r1, 1", "v1: a trace ends in one back, exit or link"),
        ("back\nback", "v0: a trace ends in one back, exit or link"),
        ("v = fadd 1, 2.0\nback", "v0 (fadd): k0 is int, Of(Float) is wanted"),
        ("loop\nv = phi int 1, 2.0\nback", "v1 (phi): k1 is float"),
        ("loop\nloop\nback", "v1 (loop): a second loop"),
        ("v = phi int 1, 2\nback", "v0 (phi): a phi outside of a loop"),
        ("loop\nexit -> s0", "a loop ends in back"),
        ("v = rload entry r1\nback", "v0 (rload): entry is no kind of value"),
        ("snap s1 at 1 {r1 = 1, r1 = 2}\nexit -> s1", "v0 (exit): r1 is twice in s1"),
    ] {
        let trace = parse(&format!("snap s0 at 1\n{text}")).unwrap();
        assert_eq!(super::verify::verify(&trace).unwrap_err(), message, "{text}");
    }
}

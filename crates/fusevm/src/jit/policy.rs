//! When code is compiled, by which tier, and when the JIT gives up: every constant in one table, each with its
//! reason.
//!
//! What embedders tune is in [`TraceJitConfig`](super::TraceJitConfig); its two thresholds say when a loop or
//! sub is first looked at. From there on this table decides.

macro_rules! policy {
    ($($(#[doc = $reason:literal])+ $name:ident: $kind:ty = $value:expr;)*) => {
        $($(#[doc = $reason])+ pub const $name: $kind = $value;)*

        /// Each constant with its name, value and reason, for the page that `fusevm jit report` writes.
        pub const TABLE: &[(&str, u64, &str)] = &[$((stringify!($name), $value as u64, concat!($($reason),+))),*];
    };
}

policy! {
    /// Weighted iterations after which a recorded loop is compiled. Optimised code costs 0.5 to 2 ms, which is
    /// 50 to 200 thousand instructions of the interpreter; a loop that ran so often most likely goes on.
    COMPILE_LOOP: u32 = 1000;
    /// Calls after which a sub is compiled. A call weighs more than an iteration: it has the sub's whole body
    /// before it, loops included.
    COMPILE_SUB: u32 = 300;
    /// Runs of a straight-line chunk after which the linear tier compiles it, beside those of the threshold. A run
    /// saves some hundred nanoseconds, and compilation takes some hundred microseconds.
    COMPILE_LINEAR: u32 = 1000;
    /// Iterations that the interpreter collects feedback for before the block tier compiles. Fewer leave
    /// branches unseen that are merely rare, and each of them becomes an exit.
    PROFILE_LENGTH: u32 = 32;
    /// Times that one exit is taken before a side trace begins there: often enough to be no accident, and so
    /// seldom that the interpreter's part is not felt.
    HOT_EXIT: u32 = 10;
    /// Attempts to record a side trace at an exit before it stays an exit for good. What failed four times
    /// fails for a reason that does not pass.
    SIDE_TRACE_TRIES: u32 = 4;
    /// Microseconds between two exits that have no side trace, from which on they are no reason to give the trace up: to leave
    /// and to come back costs less than one, which is not felt then.
    LOST_EXIT_MICROS: u64 = 20;
    /// Side traces of one root trace; beyond, the loop has no stable path and goes to the block tier.
    MAX_SIDE_TRACES: u32 = 100;
    /// A power of two: times that a side trace is entered from its root between two looks at the loop's next iterations:
    /// whether the root should have another path in it. Recording it anew costs as much as some thousand crossings.
    MERGE_CROSSINGS: u64 = 8192;
    /// Looks at one loop that may lead to nothing. What goes another way later than that is no phase of its begin.
    MERGE_LOOKS: u32 = 4;
    /// Iterations that are looked at then. The interpreter takes some microseconds for them.
    MERGE_ROUNDS: usize = 24;
    /// Percent of these that must go another way than the root's for the root to be recorded anew along such a way. Below
    /// a half, what is won on one way is lost on the other.
    MERGE_PERCENT: usize = 60;
    /// Iterations at which that recording is tried, since the next one may go the old way after all.
    MERGE_TRIES: u32 = 4;
    /// Times that one exit of a method's code is taken before it is compiled again with the feedback of the paths
    /// that it took for unseen, or without the guess that was wrong. Each time doubles it, so that a program whose
    /// kinds do not settle soon costs little, and none leaves its code again and again for good.
    RECOMPILE_EXITS: u32 = 64;
    /// Times that it is doubled. A million exits take a second, in which all compilations are forgotten.
    MAX_PATIENCE: u32 = 14;
    /// Times that a guess fails before code that is compiled again anyway does without it.
    WRONG_GUESSES: u32 = 8;
    /// Versions of a body for different kinds of arguments; the next one takes any kind.
    MAX_VERSIONS: u32 = 4;
    /// Recordings of a loop that may fail before it goes to the block tier. The second is a chance for what was
    /// in an unusual state; a third would record the same again.
    MAX_ABORTS: u32 = 2;
    /// Iterations that a loop waits after its first failed recording; each further failure doubles it, so that
    /// a loop that cannot be recorded costs next to nothing.
    ABORT_PENALTY: u32 = 72;
    /// The wait at which a loop is blacklisted.
    MAX_PENALTY: u32 = 60_000;
    /// Instructions of trace IR of one trace. The time of compilation grows faster than the length, and beyond
    /// some thousands the code no longer fits the caches that make it fast.
    MAX_TRACE_IR: u32 = 4000;
    /// Snapshots of one trace: guards are what compilation spends its time on, about 20 us each.
    MAX_SNAPSHOTS: u32 = 500;
    /// Traces of one chunk, before it all goes to the block tier.
    MAX_TRACES: u32 = 1000;
    /// Iterations of an inner loop that the trace of an outer one unrolls, when the inner loop ends early.
    MAX_UNROLL: u32 = 15;
    /// Instructions of a sub that the block tier inlines into itself or its callers. Inlining one level of a
    /// recursion halves its checks; a long body would only be there twice.
    MAX_INLINE: u32 = 60;
    /// Instructions that the block tier inlines into one function altogether.
    MAX_INLINED: u32 = 400;
    /// Calls that the block tier inlines one into the other: accessors behind accessors, and no more, since the
    /// code grows with each.
    MAX_INLINE_DEPTH: u32 = 3;
    /// What native code gains in time with an instruction that it has code for is the unit of the next four: the
    /// interpreter's dispatch, about a nanosecond. This is how much heavier the inner of two loops weighs.
    LOOP_WEIGHT: i64 = 8;
    /// Units that native code loses when it has a function of the interpreter do an instruction that changes values
    /// alone: it stores what the function reads, and loads what it has set.
    LEAF_COST: i64 = 2;
    /// Units that it loses with any other instruction of the interpreter, before which everything is stored.
    STEP_COST: i64 = 4;
    /// Units that it loses where it leaves for the interpreter, which looks for it when it comes to the loop or sub again.
    LEAVE_COST: i64 = 50;
    /// Iterations or calls after which a loop or sub that native code would gain nothing for is looked at once more: what it
    /// finds later may be of kinds that native code knows. It is observed for that, which takes 50 us.
    SECOND_LOOK: u32 = 20_000;
    /// Instructions of a loop or sub up to which the program's own thread finds out whether native code gains at all, so
    /// that a short program does not start the code generator for nothing. That takes a microsecond for one or two.
    MAX_JUDGED_FIRST: usize = 200;
    /// Variables of a kind that a loop carries from iteration to iteration in machine registers though no instruction reads
    /// them before they are set again, only what looks at the variables after the run. More of them are stored instead.
    SPARE_REGISTERS: usize = 3;
    /// How many times as long as its instructions would take, each done once, a run of the chunk's own code must take so that
    /// it is its loops that take the time. These have code of their own, often better than what one function for all gets.
    LOOPS_SHARE: u32 = 20;
    /// Nanoseconds that an instruction of the interpreter takes.
    INSTRUCTION_NANOS: u32 = 3;
    /// Instructions of a body that the block tier compiles as a whole. Beyond it only its loops are compiled.
    MAX_METHOD: u32 = 8000;
    /// Iterations or calls after which is looked again whether a compilation is done. A look costs as much as
    /// some ten instructions, and code that is there should soon be entered.
    PENDING_WAIT: u32 = 100;
    /// Microseconds of compilation from which on code is kept in the disk cache. To load a piece takes 50
    /// to 100, so a program of small loops saves most of its compilation too.
    CACHE_WORTH_MICROS: u64 = 250;
    /// Units that no VM has any more, whose code a thread keeps for the next VM of the same chunk. An embedder
    /// that runs a handful of programs by turns finds all of them; one that makes up programs keeps none for long.
    IDLE_UNITS: usize = 64;
    /// Bytes of native code that a thread keeps. Programs rarely need a tenth of it; at the cap the code that
    /// was not entered for the longest time goes.
    CODE_CAP: usize = 16 << 20;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constant_has_a_reason() {
        assert!(TABLE.contains(&("COMPILE_LOOP", u64::from(COMPILE_LOOP), TABLE[0].2)));
        for (name, value, reason) in TABLE {
            assert!(*value > 0 && reason.len() > 40 && reason.ends_with('.'), "{name}");
        }
    }
}

//! Places of the program as people know them: the line of a loop or of a sub's begin.

use crate::chunk::Chunk;
use crate::error::Frame;
use crate::interp::unit::Unit;

/// The place of an op.
pub(crate) fn of_op(unit: &Unit, body: usize, op_index: usize) -> Frame {
    let chunk = unit.chunk();
    Frame {
        name: unit.body_name(body).to_string(),
        source: chunk.source.clone(),
        line: chunk.line(op_index),
        op_index,
    }
}

/// The place of the innermost loop around an op; of the op's body, when there is none.
pub(crate) fn of_loop(unit: &Unit, body: usize, op_index: usize) -> Frame {
    let place = |header: usize, line: u32| Frame { line, ..of_op(unit, body, header) };
    match innermost_loop(unit.chunk(), op_index) {
        Some((header, end)) => place(header, first_line(unit.chunk(), header, end)),
        None => of_body(unit, body),
    }
}

/// The place where a body begins.
pub(crate) fn of_body(unit: &Unit, body: usize) -> Frame {
    let entry = unit.verified().analysis().bodies.get(body).map_or(0, |body| body.entry as usize);
    let end = unit.chunk().ops.len();
    // The begin of a sub may be ops that no line of the text has made.
    let line = (entry..end).map(|op| unit.chunk().line(op)).find(|line| *line > 0).unwrap_or(0);
    Frame { line, ..of_op(unit, body, entry) }
}

/// The innermost loop around an op: its header, which is the target of jumps back, and the last of these.
fn innermost_loop(chunk: &Chunk, op_index: usize) -> Option<(usize, usize)> {
    let backward = chunk.ops.iter().enumerate().skip(op_index).filter_map(|(index, op)| {
        let target = op.jump_target()?;
        (target <= op_index && target <= index).then_some((target, index))
    });
    backward.max()
}

/// The first line of a loop: where its keyword stands, though its test may be the last of its ops.
fn first_line(chunk: &Chunk, header: usize, end: usize) -> u32 {
    (header..=end).map(|op| chunk.line(op)).filter(|line| *line > 0).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::VerifiedChunk;
    use crate::chunk::text::assemble;
    use crate::interp::globals::Globals;
    use crate::interp::unit::Subs;
    use std::sync::Arc;

    #[test]
    fn loops_have_the_first_of_their_lines() {
        let text = "
            .source \"story.x\"
            .line 3
                LoadInt 5
                SetSlot 0
                Jump test       ; tested at the bottom
            .line 4
            outer: LoadInt 2
                SetSlot 1
            .line 5
            inner: PreDecSlot 1 ; op 5
            .line 6
                JumpIfTrue inner
            .line 3
            test: PreDecSlot 0  ; op 7
                JumpIfTrue outer
            .line 9
                Call f 0
                Return
            .sub f
            .line 20
                LoadInt 1
                ReturnValue
            ";
        let chunk = assemble("story.x", text).expect("a program");
        let verified = VerifiedChunk::new(Arc::new(chunk)).expect("a valid program");
        let unit = Unit::load(verified, &mut Globals::default(), &mut Subs::default());
        let loop_of = |body, op| {
            let place = of_loop(&unit, body, op);
            (place.name.clone(), place.line, place.op_index, place.to_string())
        };
        let story = |line| format!("story.x:{line}");
        let main = String::new;
        assert_eq!(loop_of(0, 0), (main(), 3, 0, story(3)));
        assert_eq!(loop_of(0, 4), (main(), 3, 3, story(3)));
        assert_eq!(loop_of(0, 5), (main(), 5, 5, story(5)));
        assert_eq!(loop_of(0, 6), (main(), 5, 5, story(5)));
        assert_eq!(loop_of(0, 8), (main(), 3, 3, story(3)));
        assert_eq!(loop_of(0, 9), (main(), 3, 0, story(3)));
        assert_eq!(loop_of(1, 12), ("f".to_string(), 20, 11, story(20)));
    }
}

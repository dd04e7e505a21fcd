//! The blocks of MapBlock, GrepBlock, ForEachBlock and SortBlock: each run of the block is a stretch of the
//! step loop, entered from `next_run` and ended when control gets to the end of the block's range.

use super::{BlockRun, BlockWork, Run, Step};
use crate::error::{ErrorKind, Fault, OpResult};
use crate::interp::ops::pop;

impl Run<'_> {
    /// Begins the runs of a block.
    pub(super) fn begin_block(&mut self, block: u16, work: BlockWork) -> OpResult<Step> {
        let open = self.vm.reference.blocks.len() - self.frame().blocks;
        self.check_open(open, "blocks")?;
        let (start, end) = self.unit.chunk().block_ranges[usize::from(block)];
        let resume = self.frame().next;
        let floor = self.vm.stack.len();
        let state = &mut self.vm.reference;
        let (scopes, tries) = (state.scopes.len(), state.tries.len());
        state.blocks.push(BlockRun { work, start, end, resume, floor, scopes, tries });
        self.next_run();
        Ok(Step::Continue)
    }

    /// Runs the block for the next element, or goes on behind its op. Whether it runs.
    fn next_run(&mut self) -> bool {
        let vm = &mut *self.vm;
        let block = vm.reference.blocks.last_mut().expect("a block runs");
        let elements = vm.stack.len();
        match &mut block.work {
            BlockWork::Iteration(iteration) => vm.stack.extend(iteration.next_element()),
            BlockWork::Sort(sort) => {
                vm.stack.extend(sort.next_comparison().into_iter().flat_map(<[_; 2]>::from))
            }
        }
        if vm.stack.len() > elements {
            self.frame().next = self.vm.reference.blocks.last().expect("a block runs").start;
            return true;
        }
        let block = vm.reference.blocks.pop().expect("a block runs");
        match block.work {
            BlockWork::Iteration(iteration) => vm.stack.extend(iteration.finish()),
            BlockWork::Sort(sort) => vm.stack.push(sort.finish()),
        }
        self.frame().next = block.resume;
        false
    }

    /// Control is at the end of the block's range: takes the result.
    pub(super) fn end_of_block(&mut self) -> OpResult<Step> {
        let BlockRun { floor, scopes, tries, .. } = *self.vm.reference.blocks.last().expect("a block runs");
        let left = self.vm.stack.len() - floor;
        if left != 1 {
            let message = format!("ends its block with {left} stack values, not with one result");
            return Err(Fault::new(ErrorKind::Stack, message));
        }
        let result = pop(self.vm);
        self.cut_scopes(scopes);
        let state = &mut self.vm.reference;
        state.tries.truncate(tries);
        match &mut state.blocks.last_mut().expect("a block runs").work {
            BlockWork::Iteration(iteration) => iteration.take_result(result)?,
            BlockWork::Sort(sort) => sort.answer(result.to_int()),
        }
        // Another run is a way back.
        if self.next_run() { self.poll() } else { Ok(Step::Continue) }
    }
}

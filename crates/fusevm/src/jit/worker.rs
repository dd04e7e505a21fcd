//! The background thread that compiles, so that the program goes on in the interpreter meanwhile.
//!
//! There is one per process, started by the first job. It takes the jobs in order, catches their panics, is never
//! joined, and receives no signals: a handler that a shell installs runs on the program's own thread.
//!
//! `fork` copies only the calling thread, so a fork in the middle of a job would leave its half-done work, and
//! the locks it holds, to the child for ever. Who forks holds [`Worker::quiesce`] meanwhile. The child finds by the
//! process id that the thread is gone, takes over the jobs that wait, and starts a thread of its own. After a fork
//! without that precaution the child loses the job that ran, and at a bad moment those that waited: the code that
//! they would have made stays interpreted.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What the worker does once.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// A queue of jobs and the thread that does them.
pub(crate) struct Worker {
    /// The process that the thread belongs to.
    process: u32,
    /// The size of the thread's stack.
    stack_bytes: usize,
    state: Mutex<State>,
    /// Notified for the thread: it has been set awake.
    work: Condvar,
    /// Notified for others: a job ended, or the thread goes to sleep.
    progress: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// Jobs ever submitted, and ever finished.
    submitted: u64,
    finished: u64,
    /// Jobs running now: one, or with no thread as many as there are threads that submit.
    running: usize,
    /// How many [`Quiesced`] live.
    pauses: usize,
    thread: Thread,
}

#[derive(Default, PartialEq)]
enum Thread {
    /// Not started, or refused.
    #[default]
    Absent,
    /// At work, or about to look for some: it takes the lock by itself.
    Awake,
    /// It takes the lock only after it has been set awake.
    Asleep,
}

impl State {
    /// The next job, if there is one and it may run.
    fn next(&mut self) -> Option<Job> {
        if self.pauses > 0 { None } else { self.waiting.pop_front() }
    }
}

/// While it lives, the background thread compiles nothing; see [`quiesce`].
#[must_use = "compilation goes on when this is dropped"]
pub struct Quiesced(&'static Worker);

impl Worker {
    /// The worker of this process. Ask anew each time: after a fork it is another one.
    pub(crate) fn global() -> &'static Worker {
        static CURRENT: AtomicPtr<Worker> = AtomicPtr::new(ptr::null_mut());
        let current = CURRENT.load(Ordering::Acquire);
        // SAFETY: null, or a worker that was leaked below and so is valid for ever.
        let inherited = unsafe { current.as_ref() };
        if let Some(worker) = inherited.filter(|worker| worker.process == process::id()) {
            return worker;
        }
        let fresh = Box::into_raw(Box::new(Worker::new(STACK_BYTES)));
        match CURRENT.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                // SAFETY: from the box above, and published: never freed.
                let worker = unsafe { &*fresh };
                if let Some(parents) = inherited {
                    worker.take_over(parents);
                }
                worker
            }
            Err(winner) => {
                // SAFETY: `fresh` comes from the box above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: not null, since only workers are stored, and leaked like ours.
                unsafe { &*winner }
            }
        }
    }

    fn new(stack_bytes: usize) -> Worker {
        Worker {
            process: process::id(),
            stack_bytes,
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
        }
    }

    /// Runs `job` some time later on the background thread; at once on this one where threads are refused.
    pub(crate) fn submit(&'static self, job: Job) {
        let mut state = self.lock();
        state.submitted += 1;
        state.waiting.push_back(job);
        self.go_on(state);
    }

    /// Returns when all jobs submitted so far are done. Not for a job to call, nor for a thread that holds a
    /// [`Quiesced`]: both would wait for themselves.
    pub(crate) fn wait(&self) {
        let state = self.lock();
        let last = state.submitted;
        let pending = |state: &mut State| state.finished < last;
        drop(self.progress.wait_while(state, pending).unwrap_or_else(PoisonError::into_inner));
    }

    /// Returns when no job runs any more and the thread holds no lock; no job starts while the answer lives.
    pub(crate) fn quiesce(&'static self) -> Quiesced {
        let mut state = self.lock();
        state.pauses += 1;
        let busy = |state: &mut State| state.running > 0 || state.thread == Thread::Awake;
        drop(self.progress.wait_while(state, busy).unwrap_or_else(PoisonError::into_inner));
        Quiesced(self)
    }

    /// No job runs under the lock, so what it guards is whole even after a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that what waits is done, unless the worker is quiesced.
    fn go_on(&'static self, mut state: MutexGuard<'static, State>) {
        if state.pauses > 0 || state.waiting.is_empty() || state.thread == Thread::Awake {
            return;
        }
        if state.thread == Thread::Asleep || self.start().is_ok() {
            state.thread = Thread::Awake;
            self.work.notify_one();
            return;
        }
        while let Some(job) = state.next() {
            state = self.run(state, job);
        }
    }

    /// Starts the thread, which inherits a mask that blocks all signals.
    fn start(&'static self) -> io::Result<()> {
        let everything = signal_set(true);
        let mut before = signal_set(false);
        // SAFETY: both sets are initialised and live across the call.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &everything, &mut before) };
        let thread = thread::Builder::new().name("fusevm-jit".into()).stack_size(self.stack_bytes);
        let outcome = thread.spawn(move || self.serve());
        // SAFETY: `before` is what the system said this thread's mask was.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut()) };
        outcome.map(drop)
    }

    /// The life of the thread.
    fn serve(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.next() {
                state = self.run(state, job);
                continue;
            }
            state.thread = Thread::Asleep;
            self.progress.notify_all();
            let asleep = |state: &mut State| state.thread == Thread::Asleep;
            state = self.work.wait_while(state, asleep).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run<'a>(&'a self, mut state: MutexGuard<'a, State>, job: Job) -> MutexGuard<'a, State> {
        state.running += 1;
        drop(state);
        // Whoever waits for the result of a job that panicked learns of it when the job's captures are dropped;
        // the panic hook has told the user.
        let _ = catch_unwind(AssertUnwindSafe(job));
        let mut state = self.lock();
        state.running -= 1;
        state.finished += 1;
        self.progress.notify_all();
        state
    }

    /// In a child process: moves the jobs over that waited in the parent when it forked. Where the lock was held at
    /// that moment, its holder does not exist here, and the jobs are lost.
    fn take_over(&'static self, parents: &Worker) {
        let inherited = match parents.state.try_lock() {
            Ok(mut state) => mem::take(&mut state.waiting),
            Err(_) => return,
        };
        let mut state = self.lock();
        state.submitted += inherited.len() as u64;
        state.waiting.extend(inherited);
        self.go_on(state);
    }
}

/// Keeps the JIT's background thread still, from when it has ended what it does until the answer is dropped.
///
/// For programs that fork without an immediate `exec`: a child of `fork` has no background thread, and one that was
/// in the middle of something would leave its locks to the child for ever. Hold this across the fork; parent and
/// child both drop theirs. Starting processes by `std::process::Command` needs no such care.
///
/// ```
/// let quiet = fusevm::jit::quiesce();
/// // … fork …
/// drop(quiet);
/// ```
pub fn quiesce() -> Quiesced {
    Worker::global().quiesce()
}

impl Drop for Quiesced {
    fn drop(&mut self) {
        if self.0.process != process::id() {
            // A child that inherited the guard: its own worker has nothing to do with the pause, but goes on with
            // the jobs.
            Worker::global();
            return;
        }
        let mut state = self.0.lock();
        state.pauses -= 1;
        self.0.go_on(state);
    }
}

/// As much as a main thread has by default; only touched pages cost anything.
const STACK_BYTES: usize = 8 << 20;

/// All signals, or none.
fn signal_set(full: bool) -> libc::sigset_t {
    let mut set = mem::MaybeUninit::uninit();
    // SAFETY: either call initialises the whole set.
    unsafe {
        if full {
            libc::sigfillset(set.as_mut_ptr())
        } else {
            libc::sigemptyset(set.as_mut_ptr())
        };
        set.assume_init()
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

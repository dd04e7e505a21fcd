//! The worker: order, panics, pauses, and forks.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::*;

fn worker() -> &'static Worker {
    Box::leak(Box::new(Worker::new(STACK_BYTES)))
}

/// A counter, and what makes jobs that count.
fn counting() -> (Arc<AtomicUsize>, impl Fn() -> Job) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let job = move || {
        let counter = Arc::clone(&counter);
        Box::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }) as Job
    };
    (count, job)
}

#[test]
fn jobs_run_in_order_on_a_thread_with_a_name() {
    let worker = worker();
    worker.wait();
    let (sender, receiver) = channel();
    for number in 0..100 {
        let sender = sender.clone();
        worker.submit(Box::new(move || {
            let name = thread::current().name().map(str::to_string);
            sender.send((number, name)).unwrap();
        }));
    }
    worker.wait();
    let expected: Vec<_> = (0..100).map(|number| (number, Some("fusevm-jit".to_string()))).collect();
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn no_job_runs_while_quiesced() {
    let worker = worker();
    let ended = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = channel();
    let end = Arc::clone(&ended);
    worker.submit(Box::new(move || {
        sender.send(()).unwrap();
        thread::sleep(Duration::from_millis(20));
        end.store(true, Ordering::SeqCst);
    }));
    receiver.recv().unwrap();
    let outer = worker.quiesce();
    assert!(ended.load(Ordering::SeqCst), "quiesce waits for the job that runs");

    let (count, job) = counting();
    worker.submit(job());
    let inner = worker.quiesce();
    worker.submit(job());
    drop(outer);
    thread::sleep(Duration::from_millis(20));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    drop(inner);
    worker.wait();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn a_panic_ends_its_job_only() {
    let worker = worker();
    let (count, job) = counting();
    worker.submit(Box::new(|| resume_unwind(Box::new("a bug"))));
    worker.submit(job());
    worker.wait();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn without_a_thread_jobs_run_at_once() {
    let worker: &Worker = Box::leak(Box::new(Worker::new(1 << 47)));
    let (count, job) = counting();
    worker.submit(job());
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let quiesced = worker.quiesce();
    worker.submit(job());
    assert_eq!(count.load(Ordering::SeqCst), 1);
    drop(quiesced);
    assert_eq!(count.load(Ordering::SeqCst), 2);
    worker.wait();
}

/// Whether this thread blocks SIGINT.
fn blocks_interrupts() -> bool {
    let mut mask = signal_set(false);
    // SAFETY: with no new set, the call only writes the current one to `mask`.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, ptr::null(), &mut mask) };
    // SAFETY: `mask` is initialised.
    unsafe { libc::sigismember(&mask, libc::SIGINT) == 1 }
}

#[test]
fn signals_are_not_for_the_worker() {
    let worker = worker();
    let (sender, receiver) = channel();
    worker.submit(Box::new(move || sender.send(blocks_interrupts()).unwrap()));
    assert!(receiver.recv().unwrap());
    assert!(!blocks_interrupts());
}

/// Forks, runs `child` in the child process, and says whether its answer was true.
fn in_child(child: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child uses only the memory allocator, which the C library makes usable after a fork, and locks
    // that no other thread of this process takes; it ends without running what the test harness left on its stack.
    let process = unsafe { libc::fork() };
    assert!(process >= 0, "{}", io::Error::last_os_error());
    if process == 0 {
        let good = catch_unwind(AssertUnwindSafe(child)).unwrap_or(false);
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(if good { 0 } else { 1 }) };
    }
    let mut status = 0;
    // SAFETY: waits for the child that was made above; `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(process, &mut status, 0) }, process);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

#[test]
fn a_child_process_has_a_worker_of_its_own() {
    let parents = Worker::global();
    parents.submit(Box::new(|| ()));
    parents.wait();
    assert!(ptr::eq(parents, Worker::global()));
    assert!(in_child(|| {
        let worker = Worker::global();
        let (count, job) = counting();
        worker.submit(job());
        worker.wait();
        !ptr::eq(worker, parents) && ptr::eq(worker, Worker::global()) && count.load(Ordering::SeqCst) == 1
    }));
}

/// Jobs that wait when a process forks are done in both processes.
#[test]
fn a_child_process_takes_waiting_jobs_over() {
    let parents = worker();
    let (count, job) = counting();
    parents.submit(job());
    parents.wait();
    let quiesced = parents.quiesce();
    parents.submit(job());
    parents.submit(job());
    assert!(in_child(|| {
        let worker = worker();
        worker.take_over(parents);
        worker.wait();
        count.load(Ordering::SeqCst) == 3
    }));
    drop(quiesced);
    parents.wait();
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

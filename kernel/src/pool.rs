//! Threads that stay. A call is cut into parts, which the threads take one by one: a thread that wakes late finds nothing
//! left to do, and nobody waits for it.

#[cfg(target_arch = "wasm32")]
pub use single::Pool;
#[cfg(not(target_arch = "wasm32"))]
pub use threaded::Pool;

/// Multiplications and additions below which a part is not worth a thread: 0.1 ms or so, twice what waking costs.
pub const WORTH_A_THREAD: usize = 10_000_000;

#[cfg(target_arch = "wasm32")]
mod single {
    use crate::failure::Failure;
    use crate::pace::Pace;

    pub struct Pool;

    impl Pool {
        pub fn new(_threads: usize) -> Result<Pool, Failure> {
            Ok(Pool)
        }
        pub fn threads(&self) -> usize {
            1
        }
        pub fn paced(&self, _pace: &mut Pace, _most: usize, _work: usize, call: impl FnOnce(usize)) {
            call(1);
        }
        pub fn run(&self, parts: usize, work: &(dyn Fn(usize, usize) + Sync)) {
            for part in 0..parts {
                work(part, 0);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod threaded {
    use crate::failure::Failure;
    use crate::pace::Pace;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread::{JoinHandle, Thread};
    use std::time::Instant;

    type Work = *const (dyn Fn(usize, usize) + Sync);

    /// Looks before a thread goes to sleep: some 20 to 100 µs, as long as the processor makes of a pause.
    const SPINS: usize = 4_000;
    /// More than the parts of any call.
    const PARTS: u64 = 1 << 16;

    struct Shared {
        /// The number of the call, its parts, and in the lowest digits the next part to be taken: one number, so that a
        /// late thread cannot take a part of the next call for one of this.
        next: AtomicU64,
        /// Parts that are not done yet.
        left: AtomicUsize,
        /// Whether a part of this call has panicked.
        failed: AtomicBool,
        stop: AtomicBool,
        call: Mutex<Option<Call>>,
    }

    #[derive(Clone)]
    struct Call {
        work: Work,
        caller: Thread,
    }

    // SAFETY: the caller waits until all parts are done, and what they share is Sync.
    unsafe impl Send for Call {}

    pub struct Pool {
        shared: Arc<Shared>,
        threads: Vec<JoinHandle<()>>,
    }

    impl Pool {
        /// As many threads as `threads`, the caller's counted; at most 256.
        pub fn new(threads: usize) -> Result<Pool, Failure> {
            let shared = Arc::new(Shared {
                next: AtomicU64::new(0),
                left: AtomicUsize::new(0),
                failed: AtomicBool::new(false),
                stop: AtomicBool::new(false),
                call: Mutex::new(None),
            });
            // Those that have started end with it if a later one does not start.
            let mut pool = Pool { shared, threads: Vec::new() };
            for thread in 1..threads.clamp(1, 256) {
                let shared = pool.shared.clone();
                let name = format!("segtide-kernel-{thread}");
                let started = std::thread::Builder::new().name(name).spawn(move || serve(&shared, thread));
                pool.threads.push(started.map_err(|_| Failure::Thread)?);
            }
            Ok(pool)
        }

        pub fn threads(&self) -> usize {
            self.threads.len() + 1
        }

        /// Makes a call with `most` parts, or with one where that has been faster of late.
        pub fn paced(&self, pace: &mut Pace, most: usize, work: usize, call: impl FnOnce(usize)) {
            if most <= 1 || self.threads.is_empty() {
                return call(1);
            }
            let share = pace.share();
            let start = Instant::now();
            call(if share { most } else { 1 });
            pace.record(share, work, start.elapsed());
        }

        /// Calls `work` with 0, 1, … `parts` - 1 and the number of the thread that it runs on, and returns when all are
        /// done. One call at a time. Panics when a part did, but not before all are done.
        pub fn run(&self, parts: usize, work: &(dyn Fn(usize, usize) + Sync)) {
            if parts <= 1 || self.threads.is_empty() {
                return (0..parts).for_each(|part| work(part, 0));
            }
            let shared = &*self.shared;
            // SAFETY: only the lifetime changes, and the threads let go of it before this call returns.
            let work = unsafe { std::mem::transmute::<&(dyn Fn(usize, usize) + Sync), Work>(work) };
            *shared.call.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Call { work, caller: std::thread::current() });
            shared.left.store(parts, Ordering::Relaxed);
            let number = shared.next.load(Ordering::Relaxed) / (PARTS * PARTS);
            let next = number.wrapping_add(1).wrapping_mul(PARTS * PARTS) + parts as u64 * PARTS;
            shared.next.store(next, Ordering::Release);
            for thread in self.threads.iter().take(parts - 1) {
                thread.thread().unpark();
            }
            while let Some(part) = take(shared) {
                do_part(shared, work, part, 0);
            }
            wait(|| shared.left.load(Ordering::Acquire) == 0);
            assert!(!shared.failed.swap(false, Ordering::Relaxed), "a part of the work panicked");
        }
    }

    impl Drop for Pool {
        fn drop(&mut self) {
            self.shared.stop.store(true, Ordering::Release);
            for thread in self.threads.drain(..) {
                thread.thread().unpark();
                let _ = thread.join();
            }
        }
    }

    fn serve(shared: &Shared, thread: usize) {
        while !shared.stop.load(Ordering::Acquire) {
            let Some(part) = take(shared) else {
                wait(|| shared.stop.load(Ordering::Acquire) || is_left(shared.next.load(Ordering::Relaxed)));
                continue;
            };
            // Of this call: it lasts until the part that was taken is done.
            let call = shared.call.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Call { work, caller } = call.expect("a part has a call");
            if do_part(shared, work, part, thread) == 1 {
                caller.unpark();
            }
        }
    }

    /// Does a part that was taken, and returns how many were not done before it.
    fn do_part(shared: &Shared, work: Work, part: usize, thread: usize) -> usize {
        // SAFETY: the call that `work` belongs to lasts until the part is counted as done, below.
        let work = || unsafe { (*work)(part, thread) };
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.left.fetch_sub(1, Ordering::Release)
    }

    fn is_left(next: u64) -> bool {
        next % PARTS < next / PARTS % PARTS
    }

    fn take(shared: &Shared) -> Option<usize> {
        let mut next = shared.next.load(Ordering::Acquire);
        while is_left(next) {
            match shared.next.compare_exchange_weak(next, next + 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some((next % PARTS) as usize),
                Err(now) => next = now,
            }
        }
        None
    }

    /// Spins for a while, since parts end together and calls follow each other, and then sleeps until woken.
    fn wait(done: impl Fn() -> bool) {
        for _ in 0..SPINS {
            if done() {
                return;
            }
            std::hint::spin_loop();
        }
        while !done() {
            std::thread::park();
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Pool;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn each_part_of_each_call_is_done_once() {
        let pool = Pool::new(4).unwrap();
        for call in 0..2000 {
            let parts = call % 9;
            let done: [AtomicUsize; 8] = Default::default();
            pool.run(parts, &|part, thread| {
                assert!(thread < 4);
                done[part].fetch_add(1, Ordering::Relaxed);
            });
            let done = done.map(|count| count.load(Ordering::Relaxed));
            assert_eq!(done, core::array::from_fn(|part| usize::from(part < parts)));
            if call % 500 == 0 {
                // Long enough for all to fall asleep.
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    #[test]
    fn a_part_that_panics_fails_the_call_and_not_the_pool() {
        let pool = Pool::new(3).unwrap();
        for failing in 0..6 {
            let done = AtomicUsize::new(0);
            let work = |part: usize, _: usize| {
                assert!(part != failing, "as wanted");
                done.fetch_add(1, Ordering::Relaxed);
            };
            let call = || pool.run(6, &work);
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err());
            assert_eq!(done.load(Ordering::Relaxed), 5);
        }
        pool.run(6, &|_, _| {});
    }
}

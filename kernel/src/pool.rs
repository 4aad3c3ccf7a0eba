//! Threads that stay: a call hands each its part and waits for all of them.

#[cfg(target_arch = "wasm32")]
pub use single::Pool;
#[cfg(not(target_arch = "wasm32"))]
pub use threaded::Pool;

/// Multiplications and additions below which a call stays on one thread: waking the others would cost more.
pub const WORTH_A_THREAD: usize = 1_000_000;

#[cfg(target_arch = "wasm32")]
mod single {
    pub struct Pool;

    impl Pool {
        pub fn new(_threads: usize) -> Pool {
            Pool
        }
        pub fn threads(&self) -> usize {
            1
        }
        pub fn run(&self, _parts: usize, work: &(dyn Fn(usize) + Sync)) {
            work(0);
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod threaded {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::thread::{JoinHandle, Thread};

    type Work = *const (dyn Fn(usize) + Sync);

    /// Looks at a counter before a thread goes to sleep: some 50 µs.
    const SPINS: usize = 20_000;
    /// More than the parts of any call.
    const PARTS: usize = 1024;

    struct Shared {
        /// The number of the call, and in the low bits its parts: one number, so that a late thread cannot take the
        /// parts of the next call for those of this. A change means that `work` is there to be done.
        call: AtomicUsize,
        /// Parts of the call that are not done yet, less the caller's own.
        left: AtomicUsize,
        stop: AtomicBool,
        work: Mutex<Option<WorkCell>>,
        /// Whoever waits for the call to end.
        caller: Mutex<Option<Thread>>,
    }

    #[derive(Clone, Copy)]
    struct WorkCell(Work);
    unsafe impl Send for WorkCell {}

    pub struct Pool {
        shared: Arc<Shared>,
        threads: Vec<JoinHandle<()>>,
    }

    impl Pool {
        /// As many threads as `threads`, the caller's counted; at most 256.
        pub fn new(threads: usize) -> Pool {
            let shared = Arc::new(Shared {
                call: AtomicUsize::new(0),
                left: AtomicUsize::new(0),
                stop: AtomicBool::new(false),
                work: Mutex::new(None),
                caller: Mutex::new(None),
            });
            let threads = (1..threads.clamp(1, 256))
                .map(|part| {
                    let shared = shared.clone();
                    std::thread::Builder::new()
                        .name(format!("segtide-kernel-{part}"))
                        .spawn(move || serve(&shared, part))
                        .expect("the system starts a thread")
                })
                .collect();
            Pool { shared, threads }
        }

        pub fn threads(&self) -> usize {
            self.threads.len() + 1
        }

        /// Calls `work` with 0, 1, … `parts` - 1, each on its own thread, and returns when all are done. One call at a
        /// time.
        pub fn run(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) {
            let parts = parts.clamp(1, self.threads());
            if parts == 1 {
                return work(0);
            }
            let shared = &*self.shared;
            // The threads let go of it before this call returns.
            let cell = WorkCell(unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), Work>(work) });
            *shared.work.lock().unwrap() = Some(cell);
            *shared.caller.lock().unwrap() = Some(std::thread::current());
            shared.left.store(parts - 1, Ordering::Relaxed);
            let call = shared.call.load(Ordering::Relaxed) / PARTS;
            shared.call.store(call.wrapping_add(1).wrapping_mul(PARTS) + parts, Ordering::Release);
            for thread in &self.threads[..parts - 1] {
                thread.thread().unpark();
            }
            work(0);
            wait(|| shared.left.load(Ordering::Acquire) == 0);
        }
    }

    impl Drop for Pool {
        fn drop(&mut self) {
            self.shared.stop.store(true, Ordering::Relaxed);
            self.shared.call.fetch_add(PARTS, Ordering::Release);
            for thread in self.threads.drain(..) {
                thread.thread().unpark();
                let _ = thread.join();
            }
        }
    }

    fn serve(shared: &Shared, part: usize) {
        let mut seen = 0;
        loop {
            wait(|| shared.call.load(Ordering::Acquire) != seen);
            seen = shared.call.load(Ordering::Acquire);
            if shared.stop.load(Ordering::Relaxed) {
                return;
            }
            if part >= seen % PARTS {
                continue;
            }
            let work = shared.work.lock().unwrap().expect("a call brings its work");
            unsafe { (*work.0)(part) };
            let caller = shared.caller.lock().unwrap().clone().expect("a call has a caller");
            if shared.left.fetch_sub(1, Ordering::Release) == 1 {
                caller.unpark();
            }
        }
    }

    /// Spins for a while, since parts end together, and then sleeps until woken.
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
        let pool = Pool::new(4);
        for call in 0..2000 {
            let parts = 1 + call % 4;
            let done: [AtomicUsize; 4] = Default::default();
            pool.run(parts, &|part| {
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
}

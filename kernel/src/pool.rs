//! Threads that stay. A call is cut into parts, which the threads take one by one: a thread that wakes late finds nothing
//! left to do, and nobody waits for it.

#[cfg(target_arch = "wasm32")]
pub use single::Pool;
#[cfg(not(target_arch = "wasm32"))]
pub use threaded::Pool;

/// Multiplications and additions below which a part is not worth a thread: 0.2 ms or so, several times what waking costs.
pub const WORTH_A_THREAD: usize = 20_000_000;

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
        pub fn run(&self, parts: usize, work: &(dyn Fn(usize, usize) + Sync)) {
            for part in 0..parts {
                work(part, 0);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod threaded {
    use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::thread::{JoinHandle, Thread};

    type Work = *const (dyn Fn(usize, usize) + Sync);

    /// Looks before a thread goes to sleep: some 50 µs.
    const SPINS: usize = 20_000;
    /// More than the parts of any call.
    const PARTS: u64 = 1 << 16;

    struct Shared {
        /// The number of the call, its parts, and in the lowest digits the next part to be taken: one number, so that a
        /// late thread cannot take a part of the next call for one of this.
        next: AtomicU64,
        /// Parts that are not done yet.
        left: AtomicUsize,
        stop: AtomicBool,
        call: Mutex<Option<Call>>,
    }

    #[derive(Clone)]
    struct Call {
        work: Work,
        caller: Thread,
    }

    // The caller waits until all parts are done, and what they share is Sync.
    unsafe impl Send for Call {}

    pub struct Pool {
        shared: Arc<Shared>,
        threads: Vec<JoinHandle<()>>,
    }

    impl Pool {
        /// As many threads as `threads`, the caller's counted; at most 256.
        pub fn new(threads: usize) -> Pool {
            let shared = Arc::new(Shared {
                next: AtomicU64::new(0),
                left: AtomicUsize::new(0),
                stop: AtomicBool::new(false),
                call: Mutex::new(None),
            });
            let threads = (1..threads.clamp(1, 256))
                .map(|thread| {
                    let shared = shared.clone();
                    std::thread::Builder::new()
                        .name(format!("segtide-kernel-{thread}"))
                        .spawn(move || serve(&shared, thread))
                        .expect("the system starts a thread")
                })
                .collect();
            Pool { shared, threads }
        }

        pub fn threads(&self) -> usize {
            self.threads.len() + 1
        }

        /// Calls `work` with 0, 1, … `parts` - 1 and the number of the thread that it runs on, and returns when all are
        /// done. One call at a time.
        pub fn run(&self, parts: usize, work: &(dyn Fn(usize, usize) + Sync)) {
            if parts <= 1 || self.threads.is_empty() {
                return (0..parts).for_each(|part| work(part, 0));
            }
            let shared = &*self.shared;
            // The threads let go of it before this call returns.
            let work = unsafe { std::mem::transmute::<&(dyn Fn(usize, usize) + Sync), Work>(work) };
            *shared.call.lock().unwrap() = Some(Call { work, caller: std::thread::current() });
            shared.left.store(parts, Ordering::Relaxed);
            let number = shared.next.load(Ordering::Relaxed) / (PARTS * PARTS);
            let next = number.wrapping_add(1).wrapping_mul(PARTS * PARTS) + parts as u64 * PARTS;
            shared.next.store(next, Ordering::Release);
            for thread in self.threads.iter().take(parts - 1) {
                thread.thread().unpark();
            }
            while let Some(part) = take(shared) {
                unsafe { (*work)(part, 0) };
                shared.left.fetch_sub(1, Ordering::Release);
            }
            wait(|| shared.left.load(Ordering::Acquire) == 0);
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
            let Call { work, caller } = shared.call.lock().unwrap().clone().expect("a part has a call");
            unsafe { (*work)(part, thread) };
            if shared.left.fetch_sub(1, Ordering::Release) == 1 {
                caller.unpark();
            }
        }
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
        let pool = Pool::new(4);
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
}

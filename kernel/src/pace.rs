//! Whether threads are worth it at the moment: other processes may have the processor.

use std::time::Duration;

/// Calls after which the way that is slower is tried again; twice as many after each try in vain.
const TRIED_AFTER: [u32; 2] = [32, 1024];
/// What the last measurement counts for.
const WEIGHT: f64 = 0.25;

/// The speed of one kind of call, on one thread and on several. It decides who computes, never what comes out.
pub struct Pace {
    /// Seconds a unit of work, alone and shared; 0 before the first measurement.
    seconds: [f64; 2],
    calls: u32,
    tried_after: u32,
    trying: bool,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { seconds: [0.0; 2], calls: 0, tried_after: TRIED_AFTER[0], trying: false }
    }
}

impl Pace {
    /// Whether the next call should be shared.
    pub fn share(&mut self) -> bool {
        let [alone, shared] = self.seconds;
        if shared == 0.0 || alone == 0.0 {
            return shared == 0.0;
        }
        self.calls += 1;
        self.trying = self.calls >= self.tried_after;
        (shared <= alone) != self.trying
    }

    pub fn record(&mut self, shared: bool, work: usize, taken: Duration) {
        let seconds = taken.as_secs_f64() / work as f64;
        let other = self.seconds[usize::from(!shared)];
        let known = &mut self.seconds[usize::from(shared)];
        // A try that goes well counts at once: the next calls will tell whether it was luck.
        let renewed = *known == 0.0 || self.trying && seconds < other;
        *known = if renewed { seconds } else { *known + WEIGHT * (seconds - *known) };
        if self.trying {
            self.tried_after = if renewed { TRIED_AFTER[0] } else { TRIED_AFTER[1].min(2 * self.tried_after) };
            self.calls = 0;
            self.trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls of `count` that were shared.
    fn shared_of(pace: &mut Pace, count: usize, alone: u64, shared: u64) -> usize {
        let times = (0..count).filter(|_| {
            let share = pace.share();
            pace.record(share, 1000, Duration::from_micros(if share { shared } else { alone }));
            share
        });
        times.count()
    }

    #[test]
    fn the_faster_way_is_taken_and_the_other_one_tried_now_and_then() {
        let mut pace = Pace::default();
        // One call alone to know it, and one each after 32, 64 and 128 more.
        assert_eq!(shared_of(&mut pace, 250, 100, 60), 246);
        // Now somebody else has the other core: a few calls show it, and a few tell whether that lasts.
        assert!(shared_of(&mut pace, 1000, 100, 300) < 12);
        // Now it is free again.
        assert!(shared_of(&mut pace, 1024, 100, 60) > 0);
        assert!(shared_of(&mut pace, 100, 100, 60) >= 96);
    }
}

//! Whether threads are worth it at the moment: other processes may have the processor.

use std::time::Duration;

/// How often the way that is slower is tried again.
const TRIED_EVERY: u32 = 32;
/// What the last measurement counts for.
const WEIGHT: f64 = 0.25;

/// The speed of one kind of call, on one thread and on several. It decides who computes, never what comes out.
#[derive(Default)]
pub struct Pace {
    calls: u32,
    /// Seconds a unit of work, alone and shared; 0 before the first measurement.
    seconds: [f64; 2],
}

impl Pace {
    /// Whether the next call should be shared.
    pub fn share(&mut self) -> bool {
        self.calls = self.calls.wrapping_add(1);
        let [alone, shared] = self.seconds;
        if shared == 0.0 {
            return true;
        }
        if alone == 0.0 {
            return false;
        }
        (shared <= alone) != (self.calls.is_multiple_of(TRIED_EVERY))
    }

    pub fn record(&mut self, shared: bool, work: usize, taken: Duration) {
        let seconds = taken.as_secs_f64() / work as f64;
        let known = &mut self.seconds[usize::from(shared)];
        *known = if *known == 0.0 { seconds } else { *known + WEIGHT * (seconds - *known) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls of 100 that were shared.
    fn shared_of_100(pace: &mut Pace, alone: u64, shared: u64) -> usize {
        let mut count = 0;
        for _ in 0..100 {
            let share = pace.share();
            count += usize::from(share);
            pace.record(share, 1000, Duration::from_micros(if share { shared } else { alone }));
        }
        count
    }

    #[test]
    fn the_faster_way_is_taken_and_the_other_one_tried_now_and_then() {
        let mut pace = Pace::default();
        assert!((95..=97).contains(&shared_of_100(&mut pace, 100, 60)));
        // Now somebody else has the other core.
        assert!(shared_of_100(&mut pace, 100, 300) <= 10);
        assert!(shared_of_100(&mut pace, 100, 300) <= 4);
        // Now it is free again, which a single try does not show.
        for _ in 0..3 {
            shared_of_100(&mut pace, 100, 60);
        }
        assert!((95..=97).contains(&shared_of_100(&mut pace, 100, 60)));
    }
}

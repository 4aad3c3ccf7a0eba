//! Squared distances of series from reference series by dynamic time warping within a band (Sakoe and Chiba, 1978).
//!
//! Lanes are references, and every pair goes through the same operations in the same order, whatever the vectors' width.
//! Nothing is fused, so results are the same bits everywhere, and those of plain single-precision loops.

mod measure;

pub use measure::measure;

/// Series, references, and where it is written how far they are apart. What is written overlaps with neither.
pub struct Warping {
    /// Finite.
    pub series: *const f32, // (rows, steps, channels)
    /// Finite.
    pub references: *const f32, // (count, steps, channels)
    pub rows: usize,
    pub count: usize,
    /// At least 1.
    pub steps: usize,
    /// At least 1.
    pub channels: usize,
    /// Steps by which two series may be out of step with each other.
    pub band: usize,
    /// Least sums of squared differences along a path; infinity where single precision has no number for it.
    pub squared: *mut f32, // (rows, count)
}

/// Vectors of references that go through the steps together: each waits for its own last step, and not for the others.
const AT_ONCE: usize = 4;

impl Warping {
    /// Floats that a call needs for itself; nothing where they cannot be counted.
    pub fn room(&self, lanes: usize) -> Option<usize> {
        let packed = self.steps.checked_mul(self.channels)?;
        let costs = self.steps.checked_add(1)?;
        packed.checked_add(costs)?.checked_mul(AT_ONCE * lanes)
    }
}

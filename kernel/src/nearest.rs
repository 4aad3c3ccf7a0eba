//! Nearest centroids of points: distance, margin to the second nearest, confidence.
//!
//! Lanes are points, and every point goes through the same operations in the same order, whatever the vectors' width.
//! Nothing is fused, so results are the same bits everywhere, and those of plain single-precision loops.

mod assign;

pub use assign::assign;

/// Points, centroids, and where it is written what points are to them. The arrays do not overlap.
pub struct Task {
    pub points: *const f32,    // (rows, size)
    pub centroids: *const f32, // (count, size)
    pub rows: usize,
    pub count: usize,
    pub size: usize,
    /// By what an excess of squared distance over the nearest is multiplied: its share is two to that power. At most 0,
    /// and finite.
    pub sharpness: f32,
    pub nearest: *mut u16,     // (rows)
    pub distances: *mut f32,   // (rows)
    pub margins: *mut f32,     // (rows)
    pub confidences: *mut f32, // (rows)
}

/// Most centroids that are counted.
pub const MOST: usize = u16::MAX as usize;

impl Task {
    /// Floats that a call needs for itself; nothing where they cannot be counted.
    pub fn room(&self, lanes: usize) -> Option<usize> {
        self.size.checked_add(self.count)?.checked_mul(lanes)
    }
}

//! Principal components: sums over columns of features, the products between them, the leading eigenpairs of those,
//! and features projected.
//!
//! Every number goes through the same operations in the same order, whatever the vectors' width, and nothing is fused:
//! results are the same bits on every instruction set.

mod columns;
mod eigenpairs;
mod project;
mod scatter;
mod tile;
mod tridiagonal;

pub use columns::add_columns;
pub use eigenpairs::leading;
pub use project::project;
pub use scatter::add_scatter;

use crate::engine::Engine;
use crate::failure::Failure;
use tile::{TILE_COLUMNS, TILE_ROWS};

/// Features, and where their sums are added, or the sums of their squares about a center.
pub struct Columns {
    pub values: *const f32, // (rows, count)
    pub rows: usize,
    pub count: usize,
    /// Null for the sums themselves.
    pub centers: *const f64, // (count)
    pub sums: *mut f64, // (count)
}

/// Features, and where the sums of products of every two of them are added, each less its mean and times its weight.
pub struct Scatter {
    pub values: *const f32, // (rows, count)
    pub rows: usize,
    pub count: usize,
    pub means: *const f64,   // (count)
    pub weights: *const f64, // (count)
    pub out: *mut f64,       // (count, count), symmetric
}

/// A symmetric matrix, and where its largest eigenvalues are written, the largest first, with an eigenvector each.
pub struct Eigenpairs {
    pub symmetric: *const f64, // (size, size), finite; the lower half counts
    pub size: usize,
    /// Pairs that are wanted at most, at most `size`.
    pub most: usize,
    /// Least eigenvalue that is wanted, beyond the first.
    pub least: f64,
    pub values: *mut f64,  // (most)
    pub vectors: *mut f64, // (most, size), each of length 1
}

/// Features, their projection, and where it is written.
pub struct Projection {
    pub features: *const f32, // (rows, count)
    pub rows: usize,
    pub count: usize,
    /// Least and largest value of each feature, beyond which it is cut off; null where none is.
    pub bounds: *const f32, // (2, count)
    pub means: *const f32,      // (count)
    pub projection: *const f32, // (size, count)
    pub size: usize,
    pub out: *mut f32, // (rows, stride), of which columns from `offset` on are written
    pub offset: usize,
    pub stride: usize,
}

/// Rows of features whose products are summed in single precision; such sums are added in double.
const SUMMED_ROWS: usize = 128;

impl Scatter {
    /// Floats from a row of weighted features to the next: an odd number of cache lines, so that a column does not fall
    /// on the same few places of the cache.
    fn stride(&self) -> Option<usize> {
        self.count.checked_add(TILE_COLUMNS * 16)?.checked_next_multiple_of(32)?.checked_add(16)
    }

    fn room(&self, lanes: usize) -> Option<usize> {
        let width = TILE_COLUMNS * lanes;
        self.stride()?.checked_add(width)?.checked_mul(SUMMED_ROWS)?.checked_add(TILE_ROWS * width)
    }
}

impl Eigenpairs {
    /// In floats, two to a number.
    fn room(&self) -> Option<usize> {
        self.size.checked_add(tridiagonal::COLUMNS)?.checked_mul(self.size)?.checked_mul(2)
    }
}

impl Projection {
    fn room(&self, lanes: usize) -> Option<usize> {
        let width = TILE_COLUMNS * lanes;
        let packed = self.size.checked_next_multiple_of(width)?;
        packed.checked_add(TILE_ROWS)?.checked_mul(self.count)?.checked_add(TILE_ROWS * width)
    }
}

impl Engine {
    /// # Safety
    /// The arrays are as large as the task says, and what is written overlaps with nothing else.
    pub unsafe fn add_columns(&mut self, task: &Columns) {
        // SAFETY: the caller's promise.
        unsafe { (self.kernels.add_columns)(task) };
    }

    /// # Safety
    /// As for `add_columns`.
    pub unsafe fn add_scatter(&mut self, task: &Scatter) -> Result<(), Failure> {
        let room = self.room(task.room(self.kernels.lanes).ok_or(Failure::Memory { floats: None })?)?;
        // SAFETY: the caller's promise, and room as long as was asked for.
        unsafe { (self.kernels.add_scatter)(task, room) };
        Ok(())
    }

    /// How many pairs were found: none where the matrix has no positive eigenvalue, or a vector does not converge.
    ///
    /// # Safety
    /// As for `add_columns`.
    pub unsafe fn leading_eigenpairs(&mut self, task: &Eigenpairs) -> Result<usize, Failure> {
        let room = self.room(task.room().ok_or(Failure::Memory { floats: None })?)?;
        // SAFETY: the caller's promise, and room as long as was asked for.
        Ok(unsafe { (self.kernels.eigenpairs)(task, room) })
    }

    /// # Safety
    /// As for `add_columns`.
    pub unsafe fn project(&mut self, task: &Projection) -> Result<(), Failure> {
        let room = self.room(task.room(self.kernels.lanes).ok_or(Failure::Memory { floats: None })?)?;
        // SAFETY: the caller's promise, and room as long as was asked for.
        unsafe { (self.kernels.project)(task, room) };
        Ok(())
    }
}

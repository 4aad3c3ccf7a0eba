//! An instruction set, its threads, and room for products.

use crate::buffer::Buffer;
use crate::failure::Failure;
use crate::kernels::{self, Kernels};
use crate::multiply::{self, Product, TILE};
use crate::nearest;
use crate::pace::Pace;
use crate::pool::{Pool, WORTH_A_THREAD};
use crate::tensor::attention::{self, Heads};
use crate::tensor::{self, Operation};
use crate::warping::Warping;

pub struct Engine {
    pub kernels: &'static Kernels,
    pub pool: Pool,
    packed: Buffer,
    tiles: Buffer,
    pace: Pace,
}

impl Engine {
    /// With the best of the processor's instruction sets whose vectors have at most `lanes` floats.
    pub fn new(threads: usize, lanes: usize) -> Result<Engine, Failure> {
        let kernels = kernels::best(lanes);
        let pool = Pool::new(threads)?;
        let tiles = Buffer::new(pool.threads() * TILE)?;
        Ok(Engine { kernels, pool, packed: Buffer::new(0)?, tiles, pace: Pace::default() })
    }

    /// # Safety
    /// The arrays are as large as the product says and `buffer::SLACK` floats longer, and the result overlaps with neither factor.
    pub unsafe fn multiply(&mut self, task: Product) -> Result<(), Failure> {
        let lanes = self.kernels.lanes;
        let room = self.room(multiply::packed_length(&task, lanes))?;
        let packed = if task.packed { task.b.cast_mut() } else { room };
        // SAFETY: the caller's promise, and room as long as was asked for.
        unsafe {
            multiply::pack(&task, self.kernels, packed);
            self.over_rows(task, packed, self.kernels.multiply);
        }
        Ok(())
    }

    /// Squared distances of `a` (m, inner) from centroids `b` (n, inner) into `out` (m, n).
    ///
    /// # Safety
    /// As for `multiply`.
    pub unsafe fn distances(&mut self, task: Product) -> Result<(), Failure> {
        let lanes = self.kernels.lanes;
        let packed = self.room(multiply::centroids_length(&task, lanes))?;
        // SAFETY: as above.
        unsafe {
            multiply::pack_centroids(&task, self.kernels, packed);
            self.over_rows(task, packed, self.kernels.distances);
        }
        Ok(())
    }

    /// # Safety
    /// The arrays are as large as the task says, and none that is written overlaps with another.
    pub unsafe fn assign(&mut self, task: &nearest::Task) -> Result<(), Failure> {
        let length = task.room(self.kernels.lanes).ok_or(Failure::Memory { floats: None })?;
        let room = self.room(length)?;
        // SAFETY: the caller's promise, and room as long as was asked for.
        unsafe { (self.kernels.nearest)(task, room) };
        Ok(())
    }

    /// # Safety
    /// The arrays are as large as the task says, and what is written overlaps with neither of the others.
    pub unsafe fn warp(&mut self, task: &Warping) -> Result<(), Failure> {
        let length = task.room(self.kernels.lanes).ok_or(Failure::Memory { floats: None })?;
        let room = self.room(length)?;
        // SAFETY: the caller's promise, and room as long as was asked for.
        unsafe { (self.kernels.warping)(task, room) };
        Ok(())
    }

    /// # Safety
    /// Operands are as long as `tensor::lengths` says, and only those overlap of which it is said.
    pub unsafe fn operate(&mut self, task: &tensor::Task) -> Result<f64, Failure> {
        match task.operation {
            Operation::Attend | Operation::AttendBack => {}
            Operation::PackWeights => {
                let [weights, packed, ..] = task.operands;
                let [columns, inner, ..] = task.sizes;
                // SAFETY: the caller's promise.
                unsafe { multiply::pack_weights(weights, columns, inner, self.kernels, packed) };
                return Ok(0.0);
            }
            // SAFETY: as above.
            _ => return Ok(unsafe { (self.kernels.tensor)(task) }),
        }
        let packed = self.room(attention::packed_length(task, self.kernels.lanes))?;
        let heads = Heads { kernels: self.kernels, packed, tile: self.tiles.at() };
        // SAFETY: as above, and room as long as was asked for.
        unsafe {
            match task.operation {
                Operation::Attend => heads.attend(task),
                _ => heads.attend_back(task),
            }
        }
        Ok(0.0)
    }

    pub(crate) fn room(&mut self, length: usize) -> Result<*mut f32, Failure> {
        if self.packed.len() < length {
            self.packed = Buffer::new(length)?;
        }
        Ok(self.packed.at())
    }

    /// # Safety
    /// As for `multiply`, and `packed` is what `run` takes for this task.
    unsafe fn over_rows(
        &mut self,
        task: Product,
        packed: *const f32,
        run: unsafe fn(&Product, *const f32, usize, usize, *mut f32),
    ) {
        #[derive(Clone, Copy)]
        struct Places(*const f32, *mut f32);
        // SAFETY: the first is only read, and of the second each thread has a part of its own.
        unsafe impl Sync for Places {}
        let places = Places(packed, self.tiles.at());
        let Product { m, n, inner, .. } = task;
        let work = m * n * inner;
        let most = (work / WORTH_A_THREAD).min(m / 16).clamp(1, 4 * self.pool.threads());
        self.pool.paced(&mut self.pace, most, work, |parts| {
            // SAFETY: the caller's promise; parts are different rows of the result.
            self.pool.run(parts, &|part, thread| unsafe {
                let Places(packed, tiles) = { &places };
                run(&task, *packed, m * part / parts, m * (part + 1) / parts, tiles.add(thread * TILE));
            });
        });
    }
}

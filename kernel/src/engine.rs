//! An instruction set, its threads, and room for products.

use crate::buffer::Buffer;
use crate::kernels::{self, Kernels};
use crate::multiply::{self, Product, TILE};
use crate::pool::{Pool, WORTH_A_THREAD};

pub struct Engine {
    pub kernels: &'static Kernels,
    pub pool: Pool,
    packed: Buffer,
    tiles: Buffer,
}

impl Engine {
    /// With the best of the processor's instruction sets whose vectors have at most `lanes` floats.
    pub fn new(threads: usize, lanes: usize) -> Engine {
        let kernels = kernels::best(lanes);
        let pool = Pool::new(threads);
        let tiles = Buffer::new(pool.threads() * TILE);
        Engine { kernels, pool, packed: Buffer::new(0), tiles }
    }

    /// # Safety
    /// The arrays are as large as the product says and `buffer::SLACK` floats longer, and the result overlaps with neither factor.
    pub unsafe fn multiply(&mut self, task: Product) {
        let lanes = self.kernels.lanes;
        let packed = self.room(multiply::packed_length(&task, lanes));
        unsafe {
            multiply::pack(&task, self.kernels, packed);
            self.over_rows(task, packed, self.kernels.multiply);
        }
    }

    /// Squared distances of `a` (m, inner) from centroids `b` (n, inner) into `out` (m, n).
    ///
    /// # Safety
    /// As for `multiply`.
    pub unsafe fn distances(&mut self, task: Product) {
        let lanes = self.kernels.lanes;
        let packed = self.room(multiply::centroids_length(&task, lanes));
        unsafe {
            multiply::pack_centroids(&task, self.kernels, packed);
            self.over_rows(task, packed, self.kernels.distances);
        }
    }

    fn room(&mut self, length: usize) -> *mut f32 {
        if self.packed.len() < length {
            self.packed = Buffer::new(length);
        }
        self.packed.at()
    }

    unsafe fn over_rows(
        &self,
        task: Product,
        packed: *const f32,
        run: unsafe fn(&Product, *const f32, usize, usize, *mut f32),
    ) {
        #[derive(Clone, Copy)]
        struct Places(*const f32, *mut f32);
        unsafe impl Sync for Places {}
        let places = Places(packed, self.tiles.at());
        let Product { m, n, inner, .. } = task;
        let parts = (m * n * inner / WORTH_A_THREAD).min(m / 16).clamp(1, 4 * self.pool.threads());
        let parts = if self.pool.threads() == 1 { 1 } else { parts };
        self.pool.run(parts, &|part, thread| unsafe {
            let Places(packed, tiles) = { &places };
            run(&task, *packed, m * part / parts, m * (part + 1) / parts, tiles.add(thread * TILE));
        });
    }
}

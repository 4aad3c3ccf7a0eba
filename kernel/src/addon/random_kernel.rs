//! Random kernels, which an engine makes and runs; whoever has them keeps them, and they hold no thread.

use super::{NativeEngine, check, to_error};
use crate::random_kernel::{RandomKernels, Spec};
use napi::bindgen_prelude::{Float32ArraySlice, Result};
use napi_derive::napi;

/// Fitted random kernels.
#[napi]
pub struct NativeRandomKernels {
    kernels: RandomKernels,
}

#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// See `random_kernel::Spec`.
    #[napi]
    pub fn create_random_kernels(
        &mut self,
        steps: u32,
        channels: u32,
        dilations: &[i32],
        bias_counts: &[i32],
        subsets: &[u8],
        biases: &[f32],
    ) -> Result<NativeRandomKernels> {
        let (steps, channels) = (steps as usize, channels as usize);
        let spec = Spec { steps, channels, dilations, bias_counts, subsets, biases };
        check(spec.fits(), "the arrays of the random kernels do not fit together")?;
        self.guarded(|running| {
            let kernels = RandomKernels::new(spec, running.engine.kernels).map_err(to_error)?;
            Ok(NativeRandomKernels { kernels })
        })
    }

    /// Features of `rows` windows (rows, steps, channels) into `out` (rows, features).
    #[napi(strict)]
    pub fn transform_random_kernels(
        &mut self,
        of: &mut NativeRandomKernels,
        values: &[f32],
        rows: u32,
        mut out: Float32ArraySlice,
    ) -> Result<()> {
        let (kernels, rows) = (&mut of.kernels, rows as usize);
        let fits = |length: usize, width: usize| rows.checked_mul(width).is_some_and(|needed| needed <= length);
        check(
            fits(values.len(), kernels.cells()) && fits(out.len(), kernels.features()),
            "an array is smaller than the rows need",
        )?;
        let (from, to) = (values.as_ptr_range(), out.as_ptr_range());
        check(from.end <= to.start || to.end <= from.start, "features cannot replace the windows")?;
        // SAFETY: nothing else in here sees this memory: it is not that of `values`.
        let out = unsafe { out.as_mut() };
        self.guarded(|_| {
            // SAFETY: the arrays have just been seen to be large enough and apart.
            unsafe { kernels.transform(values.as_ptr(), rows, out.as_mut_ptr()) };
            Ok(())
        })
    }
}

use super::check;
use crate::kernels;
use crate::random_kernel::{RandomKernels, Spec};
use napi::bindgen_prelude::{Error, Float32ArraySlice, Result};
use napi_derive::napi;

/// Fitted random kernels; see `random_kernel::Spec`.
#[napi]
pub struct NativeRandomKernels(RandomKernels);

#[napi]
impl NativeRandomKernels {
    /// With the best instruction set whose vectors have at most `lanes` floats.
    #[napi(constructor)]
    pub fn new(
        lanes: u32,
        steps: u32,
        channels: u32,
        dilations: &[i32],
        bias_counts: &[i32],
        subsets: &[u8],
        biases: &[f32],
    ) -> Result<NativeRandomKernels> {
        let (steps, channels) = (steps as usize, channels as usize);
        let spec = Spec { steps, channels, dilations, bias_counts, subsets, biases };
        match RandomKernels::new(spec, kernels::best(lanes as usize)) {
            Some(kernels) => Ok(NativeRandomKernels(kernels)),
            None => Err(Error::from_reason("the arrays of the random kernels do not fit together")),
        }
    }

    #[napi]
    pub fn transform(&mut self, values: &[f32], rows: u32, mut out: Float32ArraySlice) -> Result<()> {
        let (kernels, rows) = (&mut self.0, rows as usize);
        let out = unsafe { out.as_mut() };
        check(
            values.len() >= rows * kernels.cells() && out.len() >= rows * kernels.features(),
            "an array is smaller than the rows need",
        )?;
        unsafe { kernels.transform(values.as_ptr(), rows, out.as_mut_ptr()) };
        Ok(())
    }
}

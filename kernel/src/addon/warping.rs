//! Distances by time warping, over the caller's arrays.

use super::{NativeEngine, check, to_error};
use crate::warping::Warping;
use napi::bindgen_prelude::{Float32ArraySlice, Result};
use napi_derive::napi;

#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// See `warping::Warping`.
    #[napi(strict)]
    pub fn warp(
        &mut self,
        series: &[f32],
        references: &[f32],
        rows: u32,
        count: u32,
        steps: u32,
        channels: u32,
        band: u32,
        mut squared: Float32ArraySlice,
    ) -> Result<()> {
        let [rows, count, steps, channels, band] = [rows, count, steps, channels, band].map(|number| number as usize);
        check(steps > 0 && channels > 0, "series have at least one step and one channel")?;
        let fits = |length: usize, height: usize| {
            steps.checked_mul(channels).and_then(|cells| cells.checked_mul(height)) == Some(length)
        };
        check(
            fits(series.len(), rows) && fits(references.len(), count) && rows.checked_mul(count) == Some(squared.len()),
            "the arrays of series, references and distances do not fit together",
        )?;
        let out = squared.as_ptr_range();
        let apart = |given: &[f32]| out.end <= given.as_ptr_range().start || given.as_ptr_range().end <= out.start;
        check(apart(series) && apart(references), "distances cannot replace the series or the references")?;
        // SAFETY: nothing else in here sees this memory.
        let squared = unsafe { squared.as_mut() }.as_mut_ptr();
        let (series, references) = (series.as_ptr(), references.as_ptr());
        let task = Warping { series, references, rows, count, steps, channels, band, squared };
        // SAFETY: the arrays have just been seen to fit.
        self.guarded(|running| unsafe { running.engine.warp(&task) }.map_err(to_error))
    }
}

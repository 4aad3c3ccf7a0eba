//! Nearest centroids, over the caller's arrays.

use super::{NativeEngine, check, to_error};
use crate::nearest::{MOST, Task};
use napi::bindgen_prelude::{Float32ArraySlice, Result, Uint16ArraySlice};
use napi_derive::napi;

#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// See `nearest::Task`; there are as many points as `nearest` has room for.
    #[napi(strict)]
    pub fn assign_nearest(
        &mut self,
        points: &[f32],
        centroids: &[f32],
        count: u32,
        size: u32,
        sharpness: f64,
        mut nearest: Uint16ArraySlice,
        mut distances: Float32ArraySlice,
        mut margins: Float32ArraySlice,
        mut confidences: Float32ArraySlice,
    ) -> Result<()> {
        let (count, size, rows) = (count as usize, size as usize, nearest.len());
        check(count > 0 && count <= MOST, "there are too few centroids, or too many")?;
        let fits = |length: usize, height: usize, width: usize| height.checked_mul(width) == Some(length);
        check(
            fits(points.len(), rows, size)
                && fits(centroids.len(), count, size)
                && [&distances, &margins, &confidences].iter().all(|out| out.len() == rows),
            "the arrays of points, centroids and what comes of them do not fit together",
        )?;
        let outs = [&distances, &margins, &confidences].map(|out| out.as_ptr_range());
        let apart = |given: &[f32]| {
            let given = given.as_ptr_range();
            outs.iter().all(|out| out.end <= given.start || given.end <= out.start)
        };
        check(apart(points) && apart(centroids), "what comes of points cannot replace them or the centroids")?;
        // SAFETY: nothing else in here sees this memory, and it is written one array after the other.
        let task = unsafe {
            Task {
                points: points.as_ptr(),
                centroids: centroids.as_ptr(),
                rows,
                count,
                size,
                sharpness: sharpness as f32,
                nearest: nearest.as_mut().as_mut_ptr(),
                distances: distances.as_mut().as_mut_ptr(),
                margins: margins.as_mut().as_mut_ptr(),
                confidences: confidences.as_mut().as_mut_ptr(),
            }
        };
        // SAFETY: the arrays have just been seen to fit.
        self.guarded(|running| unsafe { running.engine.assign(&task) }.map_err(to_error))
    }
}

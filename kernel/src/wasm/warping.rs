use super::engine;
use crate::warping::Warping;

/// See `warping::Warping`; the caller has checked the sizes. False where there is no memory for it.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "there is nothing but numbers to pass")]
pub unsafe extern "C" fn warp(
    series: *const f32,
    references: *const f32,
    rows: usize,
    count: usize,
    steps: usize,
    channels: usize,
    band: usize,
    squared: *mut f32,
) -> bool {
    let task = Warping { series, references, rows, count, steps, channels, band, squared };
    // SAFETY: see the head of the parent module.
    unsafe { engine().warp(&task) }.is_ok()
}

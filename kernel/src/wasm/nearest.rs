use super::engine;
use crate::nearest::Task;

/// See `nearest::Task`; the caller has checked the sizes. False where there is no memory for it.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "there is nothing but numbers to pass")]
pub unsafe extern "C" fn assign_nearest(
    points: *const f32,
    centroids: *const f32,
    rows: usize,
    count: usize,
    size: usize,
    sharpness: f32,
    nearest: *mut u16,
    distances: *mut f32,
    margins: *mut f32,
    confidences: *mut f32,
) -> bool {
    let task = Task { points, centroids, rows, count, size, sharpness, nearest, distances, margins, confidences };
    // SAFETY: see the head of the parent module.
    unsafe { engine().assign(&task) }.is_ok()
}

use super::engine;
use crate::components::{Columns, Eigenpairs, Projection, Scatter};

/// See `components::Columns`; `centers` is at 0 for the sums themselves. The caller has checked the sizes, here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn add_columns(
    values: *const f32,
    rows: usize,
    count: usize,
    centers: *const f64,
    sums: *mut f64,
) {
    // SAFETY: see the head of the parent module.
    unsafe { engine().add_columns(&Columns { values, rows, count, centers, sums }) }
}

/// False where there is no memory for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn add_scatter(
    values: *const f32,
    rows: usize,
    count: usize,
    means: *const f64,
    weights: *const f64,
    out: *mut f64,
) -> bool {
    // SAFETY: see the head of the parent module.
    unsafe { engine().add_scatter(&Scatter { values, rows, count, means, weights, out }) }.is_ok()
}

/// How many pairs were found; -1 where there is no memory for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn leading_eigenpairs(
    symmetric: *const f64,
    size: usize,
    most: usize,
    least: f64,
    values: *mut f64,
    vectors: *mut f64,
) -> i32 {
    let task = Eigenpairs { symmetric, size, most, least, values, vectors };
    // SAFETY: see the head of the parent module.
    unsafe { engine().leading_eigenpairs(&task) }.map_or(-1, |found| found as i32)
}

/// `bounds` is at 0 where nothing is cut off. False where there is no memory for it.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "there is nothing but numbers to pass")]
pub unsafe extern "C" fn project(
    features: *const f32,
    rows: usize,
    count: usize,
    bounds: *const f32,
    means: *const f32,
    projection: *const f32,
    size: usize,
    out: *mut f32,
) -> bool {
    let (offset, stride) = (0, size);
    let task = Projection { features, rows, count, bounds, means, projection, size, out, offset, stride };
    // SAFETY: see the head of the parent module.
    unsafe { engine().project(&task) }.is_ok()
}

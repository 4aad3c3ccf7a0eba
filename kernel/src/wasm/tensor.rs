use super::engine;
use crate::tensor::{OPERATIONS, Task};

/// See `tensor::Operation`; the caller has checked the sizes. -1 where there is no memory for it.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "there is nothing but numbers to pass")]
pub unsafe extern "C" fn operate(
    operation: usize,
    a: *mut f32,
    b: *mut f32,
    c: *mut f32,
    d: *mut f32,
    e: *mut f32,
    f: *mut f32,
    s0: usize,
    s1: usize,
    s2: usize,
    s3: usize,
    s4: usize,
    s5: usize,
    s6: usize,
    x0: f64,
    x1: f64,
    x2: f64,
) -> f64 {
    let task = Task {
        operation: OPERATIONS[operation],
        operands: [a, b, c, d, e, f],
        sizes: [s0, s1, s2, s3, s4, s5, s6],
        numbers: [x0, x1, x2],
    };
    // SAFETY: see the head of the parent module.
    unsafe { engine().operate(&task) }.unwrap_or(-1.0)
}

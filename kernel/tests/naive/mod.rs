//! Numbers to compute with, and how far off they are.

mod random;

use segtide_kernel::buffer::Buffer;

pub use random::Random;

pub fn write(buffer: &Buffer, values: &[f32]) {
    assert!(values.len() <= buffer.len());
    // SAFETY: the buffer is as long, and nothing else uses it meanwhile.
    unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), buffer.at(), values.len()) };
}

pub fn read(buffer: &Buffer) -> &[f32] {
    // SAFETY: the buffer is as long, and nobody writes to it while the slice is used.
    unsafe { core::slice::from_raw_parts(buffer.at(), buffer.len()) }
}

/// Norm of the difference over the norm of what is expected.
pub fn error(actual: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(actual.len(), expected.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let difference = norm(&mut actual.iter().zip(expected).map(|(&a, &b)| a as f64 - b));
    if difference == 0.0 { 0.0 } else { difference / norm(&mut expected.iter().copied()) }
}

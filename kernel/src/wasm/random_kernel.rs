use crate::kernels;
use crate::random_kernel::{KERNELS, RandomKernels, Spec};
use core::slice::from_raw_parts;

/// See `random_kernel::Spec`; 0 where the arrays do not fit together.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn create_random_kernels(
    steps: usize,
    channels: usize,
    dilations: *const i32,
    bias_counts: *const i32,
    dilation_count: usize,
    subsets: *const u8,
    biases: *const f32,
    features: usize,
) -> *mut RandomKernels {
    let spec = Spec {
        steps,
        channels,
        dilations: from_raw_parts(dilations, dilation_count),
        bias_counts: from_raw_parts(bias_counts, dilation_count),
        subsets: from_raw_parts(subsets, dilation_count * KERNELS * channels),
        biases: from_raw_parts(biases, features),
    };
    RandomKernels::new(spec, kernels::best(usize::MAX))
        .map_or(core::ptr::null_mut(), |kernels| Box::leak(Box::new(kernels)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn transform_random_kernels(
    kernels: *mut RandomKernels,
    values: *const f32,
    rows: usize,
    out: *mut f32,
) {
    (*kernels).transform(values, rows, out)
}

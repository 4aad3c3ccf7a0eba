//! What segtide computes outside of JavaScript: recurrent layers forward and back, matrix products, distances and
//! random-kernel features. The model, its losses and its training are elsewhere.

// Everything below the bindings works on raw memory in places whose sizes the layers fix; each module says what it needs.
#![allow(unsafe_op_in_unsafe_fn)]
#![allow(clippy::missing_safety_doc, clippy::needless_range_loop, clippy::too_many_arguments)]

pub mod activation;
mod backward;
pub mod buffer;
pub mod engine;
mod forward;
pub mod kernels;
pub mod layer;
pub mod multiply;
pub mod pool;
mod product;
pub mod random_kernel;
pub mod simd;

#[cfg(feature = "addon")]
mod addon;
#[cfg(target_arch = "wasm32")]
mod wasm;

//! What segtide computes outside of JavaScript: recurrent layers forward and back, matrix products, distances, nearest
//! centroids, distances by time warping, principal components, random-kernel features, and what layers compute besides
//! products. The model, its losses and its training are elsewhere.
//!
//! Numbers lie in memory whose sizes the layers fix, and the code that computes with them (`forward`, `backward`,
//! `multiply`, `product`, `activation`, `components`, `nearest::assign`, `random_kernel::transform`, `warping::measure`,
//! `simd`) is arithmetic with pointers from end to end:
//! there, a function that is unsafe is so as a whole. Everywhere else each unsafe expression says why it is sound.

#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

pub mod activation;
mod backward;
pub mod buffer;
pub mod components;
pub mod engine;
pub mod failure;
mod forward;
pub mod kernels;
pub mod layer;
pub mod multiply;
pub mod nearest;
mod pace;
pub mod pool;
mod product;
pub mod random_kernel;
pub mod simd;
pub mod tensor;
pub mod warping;

#[cfg(feature = "addon")]
mod addon;
#[cfg(target_arch = "wasm32")]
mod wasm;

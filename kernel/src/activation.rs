//! The logistic function and the hyperbolic tangent, within 3e-7 of the true values.
//!
//! # Safety
//! Functions need the processor's instructions.

#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, reason = "arithmetic with pointers from end to end")]

use crate::simd::Simd;

/// 2^f on [-½, ½] as a polynomial with a relative error of 1.1e-7, and exactly 1 at 0: least squares at Chebyshev nodes,
/// weighted towards the largest errors until they are equal.
// That one of them is close to ln 2 is no chance, and no mistake.
#[allow(clippy::approx_constant)]
pub const POWER: [f32; 6] = [1.0, 0.693_147, 0.240_222_42, 0.055_507_336, 0.009_671_513, 0.001_326_472_7];

/// 1 / (1 + 2^x): what both functions are made of. Beyond ± 60 the result is 0 or 1 in single precision.
#[inline(always)]
unsafe fn inverse_of_one_plus_power<S: Simd>(x: S::V) -> S::V {
    let x = S::clamp(x, S::splat(60.0));
    let (whole, fraction) = S::split(x);
    let mut power = S::splat(POWER[5]);
    power = S::mul_add(power, fraction, S::splat(POWER[4]));
    power = S::mul_add(power, fraction, S::splat(POWER[3]));
    power = S::mul_add(power, fraction, S::splat(POWER[2]));
    power = S::mul_add(power, fraction, S::splat(POWER[1]));
    power = S::mul_add(power, fraction, S::splat(POWER[0]));
    S::reciprocal(S::add(S::splat(1.0), S::scale_by_power(power, whole)))
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub unsafe fn sigmoid<S: Simd>(x: S::V) -> S::V {
    inverse_of_one_plus_power::<S>(S::mul(x, S::splat(-core::f32::consts::LOG2_E)))
}

#[inline(always)]
pub unsafe fn tanh<S: Simd>(x: S::V) -> S::V {
    let half = inverse_of_one_plus_power::<S>(S::mul(x, S::splat(-2.0 * core::f32::consts::LOG2_E)));
    S::mul_add(S::splat(2.0), half, S::splat(-1.0))
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use crate::simd::sse2::Sse2;

    fn at(x: f32, function: unsafe fn(<Sse2 as Simd>::V) -> <Sse2 as Simd>::V) -> f64 {
        let mut lanes = [0f32; 4];
        // SAFETY: every x86-64 has SSE2, whose vectors have four lanes.
        unsafe { Sse2::store(lanes.as_mut_ptr(), function(Sse2::splat(x))) };
        lanes[0] as f64
    }

    #[test]
    fn both_functions_are_within_3e_7() {
        for i in -400_000..400_000 {
            let x = i as f32 * 1e-4;
            assert!((at(x, sigmoid::<Sse2>) - 1.0 / (1.0 + (-x as f64).exp())).abs() < 3e-7, "sigmoid({x})");
            assert!((at(x, tanh::<Sse2>) - (x as f64).tanh()).abs() < 3e-7, "tanh({x})");
        }
    }

    #[test]
    fn the_ends_are_exact() {
        for x in [f32::INFINITY, f32::MAX, 1e9] {
            assert_eq!(at(x, sigmoid::<Sse2>), 1.0);
            assert_eq!(at(x, tanh::<Sse2>), 1.0);
            assert_eq!(at(-x, tanh::<Sse2>), -1.0);
            assert!(at(-x, sigmoid::<Sse2>) < 1e-17);
        }
        assert_eq!(at(0.0, sigmoid::<Sse2>), 0.5);
        assert_eq!(at(0.0, tanh::<Sse2>), 0.0);
        assert!(at(f32::NAN, tanh::<Sse2>).is_nan());
    }
}

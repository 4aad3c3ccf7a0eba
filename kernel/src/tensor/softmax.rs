//! Softmax of rows, and its way back.

use super::{LANES, read, sum_pairs, write};
use crate::activation::POWER;

/// Makes weights of `rows` rows of `size` numbers, in place.
///
/// # Safety
/// There are as many.
#[inline(always)]
pub unsafe fn forward(values: *mut f32, rows: usize, size: usize) {
    for row in 0..rows {
        // SAFETY: the caller's promise.
        let values = unsafe { write(values.add(row * size), size) };
        let most = greatest(values);
        for value in values.iter_mut() {
            *value = power_of_e(*value - most);
        }
        let sum = sum_pairs(values, values, |value, _| value);
        for value in values.iter_mut() {
            *value /= sum;
        }
    }
}

/// Turns the gradient of weights into that of what they were made of, in place.
///
/// # Safety
/// There are as many of both, which do not overlap.
#[inline(always)]
pub unsafe fn backward(weights: *mut f32, slopes: *mut f32, rows: usize, size: usize) {
    for row in 0..rows {
        // SAFETY: the caller's promise.
        let (weights, slopes) = unsafe { (read(weights.add(row * size), size), write(slopes.add(row * size), size)) };
        let sum = sum_pairs(weights, slopes, |weight, slope| weight * slope);
        for (slope, weight) in slopes.iter_mut().zip(weights) {
            *slope = weight * (*slope - sum);
        }
    }
}

/// The greatest, where all are numbers.
#[inline(always)]
fn greatest(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = if chunk[lane] > lanes[lane] { chunk[lane] } else { lanes[lane] };
        }
    }
    let most = lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |most, &value| if value > most { value } else { most });
    if most == f32::NEG_INFINITY { values[0] } else { most }
}

/// e^x within 3e-7 of it, for x up to 0; below 2^-126 that is what comes. What is not a number stays so.
#[inline(always)]
fn power_of_e(x: f32) -> f32 {
    // Added to a small float, it leaves the nearest whole number in the low bits.
    const SHIFT: f32 = 12_582_912.0;
    let x = x * core::f32::consts::LOG2_E;
    let x = if x < -126.0 { -126.0 } else { x };
    let shifted = x + SHIFT;
    let fraction = x - (shifted - SHIFT);
    let mut power = POWER[5];
    for factor in POWER[..5].iter().rev() {
        power = power * fraction + factor;
    }
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_e_are_within_3e_7_and_what_is_not_a_number_stays_so() {
        for i in 0..870_000 {
            let x = i as f32 * -1e-4;
            let expected = (x as f64).exp();
            assert!((power_of_e(x) as f64 / expected - 1.0).abs() < 8e-6 * (-x as f64).max(0.04), "e^{x}");
        }
        assert_eq!(power_of_e(0.0), 1.0);
        assert!(power_of_e(-1e9) < 2e-38);
        assert!(power_of_e(f32::NAN).is_nan());
    }
}

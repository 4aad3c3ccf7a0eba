use super::{Task, read, sum_pairs, write};

/// Added to a variance; it is PyTorch's.
const EPSILON: f32 = 1e-5;

/// Layer normalisation (Ba et al., 2016).
///
/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn forward(task: &Task) {
    let [rows, width, keep, ..] = task.sizes;
    let [values, parameters, out, kept, inverses, _] = task.operands;
    for row in 0..rows {
        let at = row * width;
        // SAFETY: operands are as long as the sizes say.
        unsafe {
            let (gains, shifts) = read(parameters, 2 * width).split_at(width);
            let (values, out) = (read(values.add(at), width), write(out.add(at), width));
            let mean = sum_pairs(values, values, |value, _| value) / width as f32;
            let squares = sum_pairs(values, values, |value, _| (value - mean) * (value - mean));
            let inverse = 1.0 / (squares / width as f32 + EPSILON).sqrt();
            if keep == 1 {
                *inverses.add(row) = inverse;
                for (kept, value) in write(kept.add(at), width).iter_mut().zip(values) {
                    *kept = (value - mean) * inverse;
                }
            }
            for (((out, value), gain), shift) in out.iter_mut().zip(values).zip(gains).zip(shifts) {
                *out = (value - mean) * inverse * gain + shift;
            }
        }
    }
}

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn backward(task: &Task) {
    let [rows, width, ..] = task.sizes;
    let [given, parameters, kept, inverses, added, gradients] = task.operands;
    // SAFETY: operands are as long as the sizes say.
    let (gains, (to_gains, to_shifts)) = unsafe {
        let gradients = write(gradients, 2 * width);
        gradients.fill(0.0);
        (read(parameters, width), gradients.split_at_mut(width))
    };
    for row in 0..rows {
        let at = row * width;
        // SAFETY: as above.
        let (given, kept, added, inverse) = unsafe {
            (read(given.add(at), width), read(kept.add(at), width), write(added.add(at), width), *inverses.add(row))
        };
        for (((to_gain, to_shift), slope), value) in to_gains.iter_mut().zip(to_shifts.iter_mut()).zip(given).zip(kept)
        {
            *to_gain += slope * value;
            *to_shift += slope;
        }
        let sum = sum_pairs(given, gains, |slope, gain| slope * gain) / width as f32;
        let along = sum_of_products(given, gains, kept) / width as f32;
        for (((added, slope), value), gain) in added.iter_mut().zip(given).zip(kept).zip(gains) {
            *added += inverse * (slope * gain - (sum + value * along));
        }
    }
}

#[inline(always)]
fn sum_of_products(a: &[f32], b: &[f32], c: &[f32]) -> f32 {
    const LANES: usize = super::LANES;
    let mut lanes = [0f32; LANES];
    let whole = a.len() / LANES * LANES;
    let chunks = a.chunks_exact(LANES).zip(b.chunks_exact(LANES)).zip(c.chunks_exact(LANES));
    for ((a, b), c) in chunks {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane] * c[lane];
        }
    }
    for i in whole..a.len() {
        lanes[i - whole] += a[i] * b[i] * c[i];
    }
    super::sum_lanes(lanes)
}

use super::{Task, read, write};

const RECTIFY: usize = 1;
const ACCUMULATE: usize = 2;

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn add_bias(task: &Task) {
    let [rows, width, flags, ..] = task.sizes;
    let [sums, bias, out, ..] = task.operands;
    // SAFETY: operands are as long as the sizes say; sums and out may be the same, and are not read at once then.
    unsafe {
        let bias = read(bias, width);
        if sums == out {
            let out = write(out, rows * width);
            match flags {
                0 => each_row(out, bias, |sum, _| sum),
                RECTIFY => each_row(out, bias, |sum, _| rectified(sum)),
                _ => each_row(out, bias, |sum, before| before + sum),
            }
            return;
        }
        let (sums, out) = (read(sums, rows * width), write(out, rows * width));
        match flags {
            0 => each_pair(sums, bias, out, |sum, _| sum),
            RECTIFY => each_pair(sums, bias, out, |sum, _| rectified(sum)),
            ACCUMULATE => each_pair(sums, bias, out, |sum, before| before + sum),
            _ => each_pair(sums, bias, out, |sum, before| before + rectified(sum)),
        }
    }
}

/// What is not a number stays so.
#[inline(always)]
fn rectified(sum: f32) -> f32 {
    if sum < 0.0 { 0.0 } else { sum }
}

#[inline(always)]
fn each_row(values: &mut [f32], bias: &[f32], make: impl Fn(f32, f32) -> f32) {
    for row in values.chunks_exact_mut(bias.len().max(1)) {
        for (value, bias) in row.iter_mut().zip(bias) {
            *value = make(*value + bias, *value);
        }
    }
}

#[inline(always)]
fn each_pair(sums: &[f32], bias: &[f32], out: &mut [f32], make: impl Fn(f32, f32) -> f32) {
    let width = bias.len().max(1);
    for (sums, out) in sums.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        for ((out, sum), bias) in out.iter_mut().zip(sums).zip(bias) {
            *out = make(sum + bias, *out);
        }
    }
}

/// Rows whose sums are made before they are added to the others': a sum of many rows loses fewer digits.
const BLOCK: usize = 64;

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn sum_columns(task: &Task) {
    let [rows, width, ..] = task.sizes;
    // SAFETY: operands are as long as the sizes say.
    let (values, out) = unsafe { (read(task.operands[0], rows * width), write(task.operands[1], width)) };
    out.fill(0.0);
    // Columns at a time whose sums stay in registers or nearly.
    let mut sums = [0f32; 64];
    for (block, out) in out.chunks_mut(sums.len()).enumerate() {
        let first = block * sums.len();
        let sums = &mut sums[..out.len()];
        for rows in values.chunks(BLOCK * width) {
            sums.fill(0.0);
            for row in rows.chunks_exact(width) {
                for (sum, value) in sums.iter_mut().zip(&row[first..first + out.len()]) {
                    *sum += value;
                }
            }
            for (out, sum) in out.iter_mut().zip(sums.iter()) {
                *out += sum;
            }
        }
    }
}

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn take_back(task: &Task) {
    let (count, factor) = (task.sizes[0], task.numbers[0] as f32);
    let [numbers, gradients, out, ..] = task.operands;
    // SAFETY: operands are as long as the size says.
    let (numbers, gradients, out) = unsafe { (read(numbers, count), read(gradients, count), write(out, count)) };
    for ((out, number), gradient) in out.iter_mut().zip(numbers).zip(gradients) {
        *out = if *number > 0.0 { factor * gradient } else { 0.0 };
    }
}

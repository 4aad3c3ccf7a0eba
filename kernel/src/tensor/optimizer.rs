use super::{LANES, Task, read, sum_lanes, write};

/// Numbers whose squares are summed before they are added to the others' in double precision.
const BLOCK: usize = 4096;

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn sum_squares(task: &Task) -> f64 {
    // SAFETY: the operand is as long as the size says.
    let values = unsafe { read(task.operands[0], task.sizes[0]) };
    let mut total = 0.0;
    for block in values.chunks(BLOCK) {
        let mut lanes = [0f32; LANES];
        let chunks = block.chunks_exact(LANES);
        let rest = chunks.remainder();
        for chunk in chunks {
            for lane in 0..LANES {
                lanes[lane] += chunk[lane] * chunk[lane];
            }
        }
        for (lane, value) in rest.iter().enumerate() {
            lanes[lane] += value * value;
        }
        total += sum_lanes(lanes) as f64;
    }
    total
}

const DECAY_OF_FIRST: f32 = 0.9;
const DECAY_OF_SECOND: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// Adam (Kingma & Ba, 2015).
///
/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn adam(task: &Task) {
    let [parameters, gradient, first, second, ..] = task.operands;
    let count = task.sizes[0];
    let [rate, correction, scale] = task.numbers.map(|number| number as f32);
    // SAFETY: operands are as long as the size says.
    let (parameters, gradient) = unsafe { (write(parameters, count), read(gradient, count)) };
    // SAFETY: as above.
    let (first, second) = unsafe { (write(first, count), write(second, count)) };
    for (((parameter, gradient), first), second) in parameters.iter_mut().zip(gradient).zip(first).zip(second) {
        let g = scale * gradient;
        let m = DECAY_OF_FIRST * *first + (1.0 - DECAY_OF_FIRST) * g;
        let v = DECAY_OF_SECOND * *second + (1.0 - DECAY_OF_SECOND) * (g * g);
        *first = m;
        *second = v;
        *parameter -= rate * m / ((v * correction).sqrt() + EPSILON);
    }
}

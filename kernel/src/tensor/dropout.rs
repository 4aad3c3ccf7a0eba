use super::{Task, write};

/// # Safety
/// See `tensor::run`.
#[inline(always)]
pub unsafe fn apply(task: &Task) {
    let [count, state, ..] = task.sizes;
    let [rate, factor, _] = task.numbers;
    // The share of all states.
    let limit = rate * 4_294_967_296.0;
    // SAFETY: the operand is as long as the size says.
    let values = unsafe { write(task.operands[0], count) };
    let mut state = state as u32;
    for value in values {
        // Marsaglia's xorshift (2003).
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *value *= if (state as f64) < limit { 0.0 } else { factor as f32 };
    }
}

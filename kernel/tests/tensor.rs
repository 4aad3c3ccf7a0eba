//! What layers compute besides products: the same bits on every instruction set of this processor. What they are is
//! tested against plain loops from where they are called.

#[path = "naive/random.rs"]
mod random;

use random::Random;
use segtide_kernel::buffer::Buffer;
use segtide_kernel::engine::Engine;
use segtide_kernel::kernels;
use segtide_kernel::tensor::{OPERANDS, OPERATIONS, Operation, SIZES, Task, lengths};

/// Sizes of an operation, some of which fill no vector.
fn sizes(operation: Operation) -> [usize; SIZES] {
    match operation {
        Operation::AddBias => [5, 37, 1, 0, 0, 0, 0],
        Operation::Drop => [150, 77, 0, 0, 0, 0, 0],
        Operation::Normalize => [5, 37, 1, 0, 0, 0, 0],
        Operation::Gather | Operation::Scatter => [3, 11, 6, 7, 5, 2, 2],
        _ => [70, 37, 0, 0, 0, 0, 0],
    }
}

fn is_made_for_products(operation: Operation) -> bool {
    matches!(operation, Operation::Attend | Operation::AttendBack | Operation::PackWeights)
}

/// All operands as they are afterwards, and what the operation gives.
fn run(operation: Operation, lanes: usize) -> (Vec<Vec<u32>>, f64) {
    let mut engine = Engine::new(1, lanes).unwrap();
    let mut random = Random(88172645463325252);
    let sizes = sizes(operation);
    let buffers: Vec<Buffer> = lengths(operation, &sizes)
        .unwrap()
        .iter()
        .map(|&length| {
            let buffer = Buffer::new(length).unwrap();
            let values: Vec<f32> = random.take(length, 1.0).iter().map(|value| value.abs()).collect();
            // SAFETY: the buffer is as long, and nothing else uses it.
            unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), buffer.at(), length) };
            buffer
        })
        .collect();
    let operands: [*mut f32; OPERANDS] = core::array::from_fn(|i| buffers[i].at());
    let task = Task { operation, operands, sizes, numbers: [0.25, 1.5, 0.5] };
    // SAFETY: the buffers are as long, and apart.
    let result = unsafe { engine.operate(&task) }.unwrap();
    let bits = |buffer: &Buffer| {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts(buffer.at(), buffer.len()) }.iter().map(|value| value.to_bits()).collect()
    };
    (buffers.iter().map(bits).collect(), result)
}

#[test]
fn bits_do_not_depend_on_the_instruction_set() {
    for operation in OPERATIONS.into_iter().filter(|&operation| !is_made_for_products(operation)) {
        let results: Vec<_> = kernels::all().iter().map(|set| run(operation, set.lanes)).collect();
        for result in &results[1..] {
            assert!(*result == results[0], "{operation:?}");
        }
    }
}

#[test]
fn sizes_that_make_no_sense_have_no_lengths() {
    let huge = [usize::MAX, 2, 0, 0, 0, 0, 0];
    assert!(lengths(Operation::AddBias, &huge).is_none());
    assert!(lengths(Operation::Gather, &[usize::MAX, 2, 3, 4, 5, 6, 7]).is_none());
    // Heads that do not share the width.
    assert!(lengths(Operation::Attend, &[1, 2, 10, 3, 0, 0, 0]).is_none());
    assert!(lengths(Operation::AttendBack, &[1, 2, 10, 0, 0, 0, 0]).is_none());
}

//! Scaled dot-product attention of several heads (Vaswani et al., 2017), a head of a row at a time.

use super::Task;
use crate::kernels::Kernels;
use crate::multiply::{self, Product};

/// Floats that the room of a head has behind each of its arrays, which products read in whole vectors.
const SLACK: usize = crate::buffer::SLACK;

pub struct Lengths {
    pub context: usize,
    pub weights: usize,
    pub room: usize,
}

/// Of operands; nothing where they cannot be counted, or heads do not share the width.
pub fn lengths(rows: usize, tokens: usize, width: usize, heads: usize) -> Option<Lengths> {
    if heads == 0 || !width.is_multiple_of(heads) {
        return None;
    }
    let context = rows.checked_mul(tokens)?.checked_mul(width)?;
    let square = tokens.checked_mul(tokens)?;
    let weights = rows.checked_mul(heads)?.checked_mul(square)?;
    let sides = tokens.checked_mul(width / heads)?.checked_add(SLACK)?.checked_mul(SIDES)?;
    let squares = square.checked_add(SLACK)?.checked_mul(2)?;
    Some(Lengths { context, weights, room: sides.checked_add(squares)? })
}

/// Arrays of (tokens, size): query, key, value, context, and the gradients of the first three.
const SIDES: usize = 7;

/// What a head is computed in, and what computes it.
pub struct Heads<'a> {
    pub kernels: &'a Kernels,
    /// As many floats as `packed_length` says.
    pub packed: *mut f32,
    /// `multiply::TILE` floats.
    pub tile: *mut f32,
}

struct Shape {
    rows: usize,
    tokens: usize,
    width: usize,
    heads: usize,
    size: usize,
}

fn to_shape(task: &Task) -> Shape {
    let [rows, tokens, width, heads, ..] = task.sizes;
    Shape { rows, tokens, width, heads, size: width / heads }
}

/// Floats that products lay factors out in.
pub fn packed_length(task: &Task, lanes: usize) -> usize {
    let Shape { tokens, size, .. } = to_shape(task);
    let side = tokens.max(size).next_multiple_of(lanes);
    side * side
}

impl Heads<'_> {
    /// # Safety
    /// Operands are as long as `tensor::lengths` says, `packed` and `tile` too.
    pub unsafe fn attend(&self, task: &Task) {
        let shape = to_shape(task);
        let Shape { rows, tokens, width, heads, size } = shape;
        let [queries, context, room, kept, ..] = task.operands;
        let square = tokens * tokens;
        // SAFETY: the room is as long.
        let (sides, squares) = unsafe { places(room, &shape) };
        let [query, key, value, out, ..] = sides;
        let weights = squares[0];
        for head in 0..rows * heads {
            let (row, at) = (head / heads, head % heads * size);
            // SAFETY: the caller's promise.
            unsafe {
                self.take(queries.add(row * tokens * 3 * width + at), &shape, [query, key, value]);
                self.multiply(between(query, key, weights, &shape));
                (self.kernels.softmax)(weights, tokens, tokens);
                if task.sizes[4] == 1 {
                    core::ptr::copy_nonoverlapping(weights, kept.add(head * square), square);
                }
                self.multiply(over(weights, value, out, &shape, false));
                copy(out, size, context.add(row * tokens * width + at), width, tokens, size, 1.0);
            }
        }
    }

    /// # Safety
    /// As for `attend`.
    pub unsafe fn attend_back(&self, task: &Task) {
        let shape = to_shape(task);
        let Shape { rows, tokens, width, heads, size } = shape;
        let [queries, given, room, kept, gradients, _] = task.operands;
        let square = tokens * tokens;
        // SAFETY: the room is as long.
        let (sides, squares) = unsafe { places(room, &shape) };
        let [query, key, value, context, to_query, to_key, to_value] = sides;
        let [weights, slopes] = squares;
        for head in 0..rows * heads {
            let (row, at) = (head / heads, head % heads * size);
            // SAFETY: the caller's promise.
            unsafe {
                let from = row * tokens * 3 * width + at;
                self.take(queries.add(from), &shape, [query, key, value]);
                copy(given.add(row * tokens * width + at), width, context, size, tokens, size, 1.0);
                core::ptr::copy_nonoverlapping(kept.add(head * square), weights, square);
                self.multiply(over(weights, context, to_value, &shape, true));
                self.multiply(between(context, value, slopes, &shape));
                (self.kernels.softmax_back)(weights, slopes, tokens, tokens);
                self.multiply(over(slopes, key, to_query, &shape, false));
                self.multiply(over(slopes, query, to_key, &shape, true));
                let scale = 1.0 / (size as f32).sqrt();
                for (i, (gradient, scale)) in [(to_query, scale), (to_key, 1.0), (to_value, 1.0)].iter().enumerate() {
                    copy(*gradient, size, gradients.add(from + i * width), 3 * width, tokens, size, *scale);
                }
            }
        }
    }

    /// What a head of a row is made of, its queries scaled.
    unsafe fn take(&self, from: *const f32, &Shape { tokens, width, size, .. }: &Shape, to: [*mut f32; 3]) {
        let scale = 1.0 / (size as f32).sqrt();
        for (i, (to, scale)) in to.into_iter().zip([scale, 1.0, 1.0]).enumerate() {
            // SAFETY: the caller's promise.
            unsafe { copy(from.add(i * width), 3 * width, to, size, tokens, size, scale) };
        }
    }

    unsafe fn multiply(&self, product: Product) {
        // SAFETY: arrays of the room, as long as the product says with their slack.
        unsafe {
            multiply::pack(&product, self.kernels, self.packed);
            (self.kernels.multiply)(&product, self.packed, 0, product.m, self.tile);
        }
    }
}

/// Arrays of a head in the room.
unsafe fn places(room: *mut f32, shape: &Shape) -> ([*mut f32; SIDES], [*mut f32; 2]) {
    let side = shape.tokens * shape.size + SLACK;
    let square = shape.tokens * shape.tokens + SLACK;
    // SAFETY: the room is as long as `lengths` says.
    unsafe {
        let squares = room.add(SIDES * side);
        (core::array::from_fn(|i| room.add(i * side)), core::array::from_fn(|i| squares.add(i * square)))
    }
}

/// (tokens, tokens) of two arrays of (tokens, size).
fn between(a: *const f32, b: *const f32, out: *mut f32, &Shape { tokens, size, .. }: &Shape) -> Product {
    let [m, n, inner] = [tokens, tokens, size];
    Product { a, b, out, m, n, inner, transpose_a: false, transpose_b: true, accumulate: false, packed: false }
}

/// (tokens, size) of weights, (tokens, tokens), and an array of (tokens, size).
fn over(a: *const f32, b: *const f32, out: *mut f32, &Shape { tokens, size, .. }: &Shape, back: bool) -> Product {
    let [m, n, inner] = [tokens, size, tokens];
    Product { a, b, out, m, n, inner, transpose_a: back, transpose_b: false, accumulate: false, packed: false }
}

/// Copies `width` columns of `rows` rows, which lie `from_row` and `to_row` numbers apart.
unsafe fn copy(from: *const f32, from_row: usize, to: *mut f32, to_row: usize, rows: usize, width: usize, scale: f32) {
    for row in 0..rows {
        // SAFETY: the caller's promise; both are arrays of their own.
        let (from, to) = unsafe {
            let from = core::slice::from_raw_parts(from.add(row * from_row), width);
            (from, core::slice::from_raw_parts_mut(to.add(row * to_row), width))
        };
        for (to, from) in to.iter_mut().zip(from) {
            *to = scale * from;
        }
    }
}

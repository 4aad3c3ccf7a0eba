//! Floats in memory that does not move.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::sync::Arc;

/// Bytes of a cache line, and of the widest vector.
const ALIGNMENT: usize = 64;
/// Floats behind the last, so that whole vectors can be read there: as many as three of the widest.
pub const SLACK: usize = 64;

/// Zeros, aligned to a cache line. A clone is the same memory, which goes when the last clone does.
#[derive(Clone)]
pub struct Buffer(Arc<Memory>);

struct Memory {
    at: *mut f32,
    length: usize,
}

unsafe impl Send for Memory {}
unsafe impl Sync for Memory {}

impl Buffer {
    pub fn new(length: usize) -> Buffer {
        let layout = layout(length);
        let at = unsafe { alloc_zeroed(layout) } as *mut f32;
        if at.is_null() {
            handle_alloc_error(layout);
        }
        Buffer(Arc::new(Memory { at, length }))
    }

    pub fn len(&self) -> usize {
        self.0.length
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whoever writes through it sees to it that nobody else reads or writes there meanwhile.
    #[inline(always)]
    pub fn at(&self) -> *mut f32 {
        self.0.at
    }
}

fn layout(length: usize) -> Layout {
    let bytes = (length + SLACK) * size_of::<f32>();
    Layout::from_size_align(bytes, ALIGNMENT).expect("a buffer is smaller than half the address space")
}

impl Drop for Memory {
    fn drop(&mut self) {
        unsafe { dealloc(self.at as *mut u8, layout(self.length)) }
    }
}

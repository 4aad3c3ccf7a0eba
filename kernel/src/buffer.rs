//! Floats in memory that does not move.

use crate::failure::Failure;
use std::alloc::{Layout, alloc_zeroed, dealloc};
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
    layout: Layout,
    length: usize,
}

// SAFETY: memory of its own, which belongs to no thread; who reads or writes it when is the callers' to arrange.
unsafe impl Send for Memory {}
// SAFETY: as above; a shared `Memory` gives nothing but its address and length.
unsafe impl Sync for Memory {}

impl Buffer {
    pub fn new(length: usize) -> Result<Buffer, Failure> {
        let layout = length
            .checked_add(SLACK)
            .and_then(|floats| Layout::array::<f32>(floats).ok())
            .and_then(|layout| layout.align_to(ALIGNMENT).ok())
            .ok_or(Failure::Memory { floats: None })?;
        // SAFETY: the layout has a size of at least the slack's.
        let at = unsafe { alloc_zeroed(layout) } as *mut f32;
        if at.is_null() {
            return Err(Failure::Memory { floats: Some(length) });
        }
        Ok(Buffer(Arc::new(Memory { at, layout, length })))
    }

    pub fn len(&self) -> usize {
        self.0.length
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both are the same memory.
    pub fn is(&self, other: &Buffer) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whoever writes through it sees to it that nobody else reads or writes there meanwhile.
    #[inline(always)]
    pub fn at(&self) -> *mut f32 {
        self.0.at
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: allocated in `Buffer::new` with this layout, and this is the last owner.
        unsafe { dealloc(self.at as *mut u8, self.layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_or_can_be_is_a_failure() {
        assert_eq!(Buffer::new(usize::MAX).err(), Some(Failure::Memory { floats: None }));
        // A quarter of the address space of today's processors: no system hands that out.
        assert!(matches!(Buffer::new(1 << 46).err(), Some(Failure::Memory { floats: Some(_) })));
    }
}

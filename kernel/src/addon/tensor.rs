//! What layers compute besides products, over the engine's buffers.

use super::{NativeBuffer, NativeEngine, check, to_error};
use crate::tensor::{self, OPERATIONS, Task, lengths, may_replace};
use napi::bindgen_prelude::{Error, Result};
use napi_derive::napi;

#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be read field by field at each call")]
impl NativeEngine {
    /// See `tensor::Operation`; operands that an operation does not have are any buffers, sizes and numbers 0.
    #[napi(strict)]
    pub fn operate(
        &mut self,
        operation: u32,
        a: &NativeBuffer,
        b: &NativeBuffer,
        c: &NativeBuffer,
        d: &NativeBuffer,
        e: &NativeBuffer,
        f: &NativeBuffer,
        s0: u32,
        s1: u32,
        s2: u32,
        s3: u32,
        s4: u32,
        s5: u32,
        s6: u32,
        x0: f64,
        x1: f64,
        x2: f64,
    ) -> Result<f64> {
        let operation =
            *OPERATIONS.get(operation as usize).ok_or_else(|| Error::from_reason("there is no such operation"))?;
        let sizes: [usize; tensor::SIZES] = [s0, s1, s2, s3, s4, s5, s6].map(|size| size as usize);
        let all = lengths(operation, &sizes).ok_or_else(|| Error::from_reason("these sizes make no sense"))?;
        let buffers = [a, b, c, d, e, f].map(|operand| &operand.buffer);
        for (i, (buffer, needed)) in buffers.iter().zip(all).enumerate() {
            check(needed <= buffer.len(), "a buffer is smaller than the operation says")?;
            for j in 0..i {
                let is_same = needed > 0 && all[j] > 0 && buffer.is(buffers[j]);
                let may_be = may_replace(operation) && (j, i) == (0, 2);
                check(!is_same || may_be, "operands must be buffers of their own")?;
            }
        }
        let operands = buffers.map(|buffer| buffer.at());
        let task = Task { operation, operands, sizes, numbers: [x0, x1, x2] };
        // SAFETY: the buffers have just been seen to be as long, and apart.
        self.guarded(|running| unsafe { running.engine.operate(&task) }.map_err(to_error))
    }
}

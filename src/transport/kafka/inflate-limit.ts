import { SegtideError } from '../../errors.js';

/**
 * Most bytes that one compressed batch of records may become. A broker takes batches of 1 MiB by default, and JSON shrinks
 * to a tenth: what becomes more is broken, or was made to fill the memory.
 */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

/** @param cause what the decompressor said */
export function toInflateError(codec: string, cause?: unknown): SegtideError {
  const text = `a batch of records compressed by ${codec} becomes more than ${MAX_INFLATED_BYTES} bytes, which is refused; have the producer send smaller batches`;
  return new SegtideError('input', text, { cause });
}

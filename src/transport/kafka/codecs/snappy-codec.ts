import { snappyCompressor, snappyUncompressor } from 'hysnappy';
import { SegtideError } from '../../../errors.js';
import { MAX_INFLATED_BYTES, toInflateError } from '../inflate-limit.js';
import type { Codec } from './codec.js';

/**
 * Snappy as the Java clients frame it (xerial): a header, then blocks with their lengths. Others write one bare block; both
 * are read.
 */
export function snappyCodec(): Codec {
  const compress = snappyCompressor();
  const uncompress = snappyUncompressor();
  return {
    async compress({ buffer }) {
      const parts: Uint8Array[] = [HEADER];
      for (let at = 0; at < buffer.length; at += BLOCK_BYTES) {
        const block = compress(buffer.subarray(at, at + BLOCK_BYTES));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(block.length);
        parts.push(length, block);
      }
      return Buffer.concat(parts);
    },
    async decompress(buffer) {
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for (const block of blocksOf(buffer)) {
        const length = inflatedLength(block);
        bytes += length;
        if (bytes > MAX_INFLATED_BYTES) throw toInflateError('snappy');
        parts.push(uncompress(block, length));
      }
      return Buffer.concat(parts, bytes);
    },
  };
}

/** Magic bytes, version 1, readable from version 1 on. */
const HEADER = Buffer.from('82534e4150505900'.concat('00000001', '00000001'), 'hex');
const MAGIC = HEADER.subarray(0, 8);
const BLOCK_BYTES = 32 * 1024;

function* blocksOf(buffer: Buffer): Generator<Buffer> {
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) {
    yield buffer;
    return;
  }
  for (let at = HEADER.length; at < buffer.length; ) {
    const start = at + 4;
    const end = start > buffer.length ? Number.NaN : start + buffer.readUInt32BE(at);
    if (!(end <= buffer.length)) throw damaged('a block reaches beyond its end');
    yield buffer.subarray(start, end);
    at = end;
  }
}

/** A block begins with its length when inflated, seven bits a byte, the lowest first. */
function inflatedLength(block: Buffer): number {
  let length = 0;
  for (let i = 0; i < Math.min(5, block.length); i++) {
    length += (block[i]! & 0x7f) * 2 ** (7 * i);
    if (block[i]! < 0x80) return length;
  }
  throw damaged('a block has no length');
}

function damaged(why: string): SegtideError {
  return new SegtideError('input', `a batch of records compressed by snappy is damaged: ${why}`);
}

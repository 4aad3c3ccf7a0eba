import { SegtideError } from '../../../errors.js';
import { MAX_INFLATED_BYTES, toInflateError } from '../inflate-limit.js';
import type { Codec } from './codec.js';
import { compressLz4Block, decompressLz4Block } from './lz4-block.js';

/**
 * LZ4 frames (format 1.6) as Kafka's clients write them. Checksums are passed over: TLS or TCP and the broker have
 * checked the batch.
 */
export function lz4Codec(): Codec {
  return {
    async compress({ buffer }) {
      const parts: Uint8Array[] = [HEADER];
      for (let at = 0; at < buffer.length; at += BLOCK_BYTES) {
        const plain = buffer.subarray(at, at + BLOCK_BYTES);
        const block = compressLz4Block(plain);
        const size = Buffer.alloc(4);
        size.writeUInt32LE(block === undefined ? plain.length + UNCOMPRESSED : block.length);
        parts.push(size, block ?? plain);
      }
      return Buffer.concat([...parts, END]);
    },
    decompress: async (buffer) => readFrame(buffer),
  };
}

const MAGIC = 0x184d2204;
/** Version 1, independent blocks of at most 64 KiB, no checksums; the last byte is the checksum of the two before. */
const HEADER = Buffer.from('04224d18604082', 'hex');
const BLOCK_BYTES = 65_536;
const END = Buffer.alloc(4);
/** Added to the size of a block that would not have become smaller. */
const UNCOMPRESSED = 0x8000_0000;

function readFrame(input: Buffer): Buffer {
  if (input.length < 7 || input.readUInt32LE(0) !== MAGIC) throw damaged('it is no frame');
  const flags = input[4]!;
  if (flags >> 6 !== 1) throw damaged(`its version is ${flags >> 6}, and 1 is known`);
  if ((flags & 1) !== 0) throw damaged('it needs a dictionary');
  const largest = 2 ** (8 + 2 * ((input[5]! >> 4) & 7)); // code 4 is 64 KiB, 7 is 4 MiB
  if (largest < 65_536) throw damaged('its blocks have no size');
  const blockChecksum = (flags & 0x10) === 0 ? 0 : 4;
  const contentSize = (flags & 0x08) === 0 ? 0 : 8;
  let output: Buffer = Buffer.allocUnsafe(Math.min(MAX_INFLATED_BYTES, Math.max(largest, 4 * input.length)));
  let length = 0;
  for (let at = 7 + contentSize; ; ) {
    if (at + 4 > input.length) throw damaged('it ends within a block');
    const size = input.readUInt32LE(at);
    if (size === 0) return output.subarray(0, length);
    const bytes = size % UNCOMPRESSED;
    const block = input.subarray(at + 4, at + 4 + bytes);
    if (block.length < bytes) throw damaged('it ends within a block');
    output = withRoom(output, length, largest);
    length = size >= UNCOMPRESSED ? copyBlock(block, output, length) : decompressLz4Block(block, output, length);
    if (length > MAX_INFLATED_BYTES) throw toInflateError('lz4');
    at += 4 + bytes + blockChecksum;
  }
}

/** A buffer that can take another block, which may refer to what the blocks before it gave. */
function withRoom(output: Buffer, length: number, largest: number): Buffer {
  if (length + largest <= output.length) return output;
  const larger = Buffer.allocUnsafe(Math.max(length + largest, 2 * output.length));
  output.copy(larger, 0, 0, length);
  return larger;
}

function copyBlock(block: Buffer, output: Buffer, length: number): number {
  if (length + block.length > output.length) throw damaged('a block is longer than its frame allows');
  return length + block.copy(output, length);
}

function damaged(why: string): SegtideError {
  return new SegtideError('input', `a batch of records compressed by lz4 is damaged: ${why}`);
}

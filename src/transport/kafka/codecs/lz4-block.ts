import { SegtideError } from '../../../errors.js';

// A block of the LZ4 format is a row of sequences: a token (lengths of literals and match, four bits each, more bytes
// where they are 15), the literals, and the match as a distance of two bytes. The last sequence has no match.

/** Shorter matches are not written; the length of a match counts from here. */
const MIN_MATCH = 4;
/** The format wants the last 5 bytes to be literals, and no match to begin within the last 12. */
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
const HASH_BITS = 13;

/** Where four bytes were last seen, plus 1; cleared for each block, since blocks don't refer to each other. */
const seen = new Uint32Array(1 << HASH_BITS);

/**
 * Compresses a block of at most 64 KiB: greedily, by the last place at which the next four bytes were seen.
 *
 * @returns undefined where it would not become smaller
 */
export function compressLz4Block(input: Buffer): Uint8Array | undefined {
  seen.fill(0);
  const output = new Uint8Array(input.length);
  const writer: Writer = { output, at: 0 };
  let anchor = 0;
  for (let at = 0; at < input.length - MATCH_LIMIT; ) {
    const word = input.readUInt32LE(at);
    const slot = Math.imul(word, 2_654_435_761) >>> (32 - HASH_BITS);
    const candidate = seen[slot]! - 1;
    seen[slot] = at + 1;
    if (candidate < 0 || input.readUInt32LE(candidate) !== word) {
      at++;
      continue;
    }
    let end = at + MIN_MATCH;
    const limit = input.length - LAST_LITERALS;
    while (end < limit && input[end] === input[candidate + end - at]) end++;
    if (!writeSequence(writer, input.subarray(anchor, at), end - at - MIN_MATCH, at - candidate)) return undefined;
    at = end;
    anchor = end;
  }
  if (!writeSequence(writer, input.subarray(anchor), 0, 0)) return undefined;
  return output.subarray(0, writer.at);
}

interface Writer {
  readonly output: Uint8Array;
  at: number;
}

/**
 * @param distance 0 for the last sequence, which has no match
 * @returns false where there is no room
 */
function writeSequence(writer: Writer, literals: Uint8Array, extra: number, distance: number): boolean {
  const { output } = writer;
  const room = 1 + literals.length / 255 + 1 + literals.length + 2 + extra / 255 + 1;
  if (writer.at + room >= output.length) return false;
  output[writer.at++] = (Math.min(15, literals.length) << 4) | Math.min(15, extra);
  writeLength(writer, literals.length);
  output.set(literals, writer.at);
  writer.at += literals.length;
  if (distance === 0) return true;
  output[writer.at++] = distance & 0xff;
  output[writer.at++] = distance >> 8;
  writeLength(writer, extra);
  return true;
}

function writeLength(writer: Writer, length: number): void {
  if (length < 15) return;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) writer.output[writer.at++] = 255;
  writer.output[writer.at++] = rest;
}

/**
 * Decompresses a block behind what earlier ones gave, to which it may refer.
 *
 * @param start bytes of `output` that are there already
 * @returns bytes that are there now
 * @throws SegtideError `input` where the block is damaged, or longer than the room for it
 */
export function decompressLz4Block(block: Uint8Array, output: Uint8Array, start: number): number {
  let to = start;
  for (let from = 0; from < block.length; ) {
    const token = block[from++]!;
    let length = token >> 4;
    if (length === 15) {
      let more: number;
      do length += more = byteAt(block, from++);
      while (more === 255);
    }
    if (from + length > block.length || to + length > output.length) throw damaged();
    for (const end = from + length; from < end; ) output[to++] = block[from++]!;
    if (from === block.length) return to;

    const distance = byteAt(block, from++) | (byteAt(block, from++) << 8);
    length = token & 15;
    if (length === 15) {
      let more: number;
      do length += more = byteAt(block, from++);
      while (more === 255);
    }
    length += MIN_MATCH;
    if (distance === 0 || distance > to || to + length > output.length) throw damaged();
    // Byte by byte: a match may reach into what it writes itself.
    for (const end = to + length; to < end; to++) output[to] = output[to - distance]!;
  }
  throw damaged(); // a block ends with literals, be they none
}

function byteAt(block: Uint8Array, at: number): number {
  if (at >= block.length) throw damaged();
  return block[at]!;
}

function damaged(): SegtideError {
  return new SegtideError('input', 'a batch of records compressed by lz4 is damaged: a block does not add up');
}

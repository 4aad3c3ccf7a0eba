import { crc32 } from 'node:zlib';
import { SegtideError } from '../errors.js';
import { aligned, decodeSnapshot, encodeSnapshot, type SnapshotValue } from './snapshot-encoding.js';

/** What is in a frame, as its writer and its reader name it. */
export interface FrameKind {
  /** In words, such as `statistics`. */
  readonly name: string;
  /** Of the content, 1 … 255: counts up when a reader of the former one could not read it. */
  readonly format: number;
}

/**
 * Packs plain data and typed arrays into one buffer, for a record of a topic.
 *
 * Layout, little endian: format (1 byte, then 3 of zeros), CRC-32 of all that follows (4), length of the text (4, then 4
 * of zeros), the text (JSON, padded to 8 bytes), the pages (each padded to 8 bytes).
 *
 * @throws SegtideError `state` that names the place of a value which is neither JSON nor a typed array
 */
export function frameSnapshot({ name, format }: FrameKind, value: object): Buffer {
  const { text, pages, pagesSize } = encodeSnapshot({ kind: name, value: value as SnapshotValue });
  const textLength = Buffer.byteLength(text);
  const frame = Buffer.alloc(aligned(HEAD_BYTES + textLength) + pagesSize);
  frame.write(text, HEAD_BYTES);
  let at = aligned(HEAD_BYTES + textLength);
  for (const page of pages) {
    frame.set(page, at);
    at += aligned(page.length);
  }
  frame.writeUInt8(format, 0);
  frame.writeUInt32LE(textLength, TEXT_LENGTH_AT);
  frame.writeUInt32LE(crc32(frame.subarray(TEXT_LENGTH_AT)), CHECKSUM_AT);
  return frame;
}

/**
 * Unpacks what `frameSnapshot` packed; its typed arrays are new.
 *
 * @throws SegtideError `state` when the bytes are damaged, of another kind or of another format
 */
export function unframeSnapshot({ name, format }: FrameKind, bytes: Uint8Array): unknown {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (frame.length < HEAD_BYTES) throw damaged(name, `it has ${frame.length} bytes`);
  if (frame[0] !== format) {
    throw new SegtideError(
      'state',
      `The ${name} are of format ${frame[0]}, and this version of segtide reads format ${format}. Use one version for all parts of a deployment.`,
    );
  }
  const textEnd = HEAD_BYTES + frame.readUInt32LE(TEXT_LENGTH_AT);
  const checksum = crc32(frame.subarray(TEXT_LENGTH_AT));
  if (checksum !== frame.readUInt32LE(CHECKSUM_AT)) throw damaged(name, 'its checksum does not fit its content');
  const content = decodeSnapshot(frame.toString('utf8', HEAD_BYTES, textEnd), frame.subarray(aligned(textEnd)));
  const { kind, value } = content as { readonly kind: string; readonly value: unknown };
  if (kind !== name) throw damaged(name, `it is one of ${kind}`);
  return value;
}

const CHECKSUM_AT = 4;
const TEXT_LENGTH_AT = 8;
const HEAD_BYTES = 16;

function damaged(name: string, why: string): SegtideError {
  return new SegtideError('state', `A record of ${name} can't be read: ${why}.`);
}

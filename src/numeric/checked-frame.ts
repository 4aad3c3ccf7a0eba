import { crc32 } from 'node:zlib';
import { SegtideError } from '../errors.js';
import type { SnapshotValue } from './snapshot-encoding.js';
import { frameSnapshot, unframeSnapshot } from './snapshot-frame.js';

/** What is in a frame, as its writer and its reader name it. */
export interface FrameKind {
  /** In words, such as `statistics`. */
  readonly name: string;
  /** Of the content, 1 … 255: counts up when a reader of the former one could not read it. */
  readonly format: number;
}

/**
 * Packs plain data and typed arrays for a record of a topic: format (1 byte, then 3 of zeros), CRC-32 of all that follows
 * (4 bytes, little endian), and a frame of the name and the value.
 *
 * @throws SegtideError `state` that names the place of a value which is neither JSON nor a typed array
 */
export function packChecked({ name, format }: FrameKind, value: object): Buffer {
  const frame = frameSnapshot({ name, value: value as SnapshotValue });
  const packed = Buffer.alloc(HEAD_BYTES + frame.length);
  packed.set(frame, HEAD_BYTES);
  packed.writeUInt8(format, 0);
  packed.writeUInt32LE(crc32(frame), CHECKSUM_AT);
  return packed;
}

/**
 * Unpacks what `packChecked` packed; its typed arrays are new.
 *
 * @throws SegtideError `state` when the bytes are damaged, of another kind or of another format
 */
export function unpackChecked({ name, format }: FrameKind, bytes: Uint8Array): unknown {
  if (bytes.length < HEAD_BYTES) throw damaged(name, `it has ${bytes.length} bytes`);
  if (bytes[0] !== format) {
    throw new SegtideError(
      'state',
      `The ${name} are of format ${bytes[0]}, and this version of segtide reads format ${format}. Use one version for all parts of a deployment.`,
    );
  }
  const frame = bytes.subarray(HEAD_BYTES);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(CHECKSUM_AT, true);
  if (crc32(frame) !== checksum) throw damaged(name, 'its checksum does not fit its content');
  const content = unframeSnapshot(frame) as { readonly name: string; readonly value: unknown };
  if (content.name !== name) throw damaged(name, `it is one of ${content.name}`);
  return content.value;
}

const CHECKSUM_AT = 4;
const HEAD_BYTES = 8;

function damaged(name: string, why: string): SegtideError {
  return new SegtideError('state', `A record of ${name} can't be read: ${why}.`);
}

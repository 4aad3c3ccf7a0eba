import { SegtideError } from '../errors.js';
import { aligned, decodeSnapshot, encodeSnapshot, type SnapshotValue } from './snapshot-encoding.js';

/** A snapshot in one piece: the length of its text in four bytes, the text, and from a multiple of 8 on its typed arrays. */
export function frameSnapshot(value: SnapshotValue): Uint8Array<ArrayBuffer> {
  const { text, pages, pagesSize } = encodeSnapshot(value);
  const head = Buffer.from(text);
  const frame = new Uint8Array(aligned(4 + head.length) + pagesSize);
  new DataView(frame.buffer).setUint32(0, head.length, true);
  frame.set(head, 4);
  let at = aligned(4 + head.length);
  for (const page of pages) {
    frame.set(page, at);
    at += aligned(page.length);
  }
  return frame;
}

/** @throws SegtideError `state` when the frame is cut off or is none */
export function unframeSnapshot(frame: Uint8Array): SnapshotValue {
  const length = frame.length < 4 ? Number.NaN : new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  if (!(4 + length <= frame.length)) throw new SegtideError('state', `a snapshot of ${frame.length} bytes is cut off`);
  const text = Buffer.from(frame.buffer, frame.byteOffset + 4, length).toString();
  try {
    return decodeSnapshot(text, frame.subarray(aligned(4 + length)));
  } catch (cause) {
    if (cause instanceof SegtideError) throw cause;
    throw new SegtideError('state', `a snapshot can't be read: ${(cause as Error).message}`, { cause });
  }
}

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { SegtideError } from '../../errors.js';
import { aligned, decodeSnapshot, encodeSnapshot, type SnapshotValue } from '../../numeric/snapshot-encoding.js';
import type { StateSettings } from './refuse-other-settings.js';

/** State by the name of the part that it belongs to: source, windows, model, outputs … */
export type CheckpointParts = { readonly [part: string]: SnapshotValue };

export interface CheckpointFile {
  readonly sequence: number;
  readonly settings: StateSettings;
  readonly parts: CheckpointParts;
}

/**
 * Writes a checkpoint and makes it survive a crash of the machine.
 *
 * Layout: `SEGTIDE` and the format version (8 bytes), length of the text (8 bytes, little endian), the text (JSON, padded
 * to 8 bytes), the pages (each padded to 8 bytes), SHA-256 of all that (32 bytes).
 */
export async function writeCheckpoint(path: string, checkpoint: CheckpointFile): Promise<void> {
  const { sequence, settings, parts } = checkpoint;
  const { text, pages } = encodeSnapshot({ sequence, settings: JSON.stringify(settings), parts });
  const textBytes = Buffer.from(text);
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC);
  head.writeUInt8(FORMAT_VERSION, MAGIC.length);
  head.writeBigUInt64LE(BigInt(textBytes.length), 8);
  const file = await open(path, 'w');
  try {
    const hash = createHash('sha256');
    for (const part of [head, textBytes, ...pages]) {
      await writePadded(file, part, (bytes) => hash.update(bytes));
    }
    await writePadded(file, hash.digest(), () => {});
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Reads a checkpoint back.
 *
 * @throws SegtideError 'state', without a path in its context when the file is torn or damaged, with one when it is
 * whole but of another format version
 */
export async function readCheckpoint(path: string): Promise<CheckpointFile> {
  const bytes = await readAll(path);
  if (bytes.length < HEAD_BYTES + HASH_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new SegtideError('state', 'it is cut off, or no checkpoint');
  }
  const body = bytes.subarray(0, bytes.length - HASH_BYTES);
  const hash = createHash('sha256').update(body).digest();
  if (!hash.equals(bytes.subarray(body.length)))
    throw new SegtideError('state', 'its checksum does not fit its content');
  const version = bytes[MAGIC.length]!;
  if (version !== FORMAT_VERSION) {
    const text = `The checkpoint ${path} has format version ${version}; this version of segtide reads ${FORMAT_VERSION}.`;
    throw new SegtideError('state', `${text} Go on with the version that saved it, or start afresh.`, {
      context: { path },
    });
  }
  const textEnd = HEAD_BYTES + Number(bytes.readBigUInt64LE(8));
  const snapshot = decodeSnapshot(bytes.toString('utf8', HEAD_BYTES, textEnd), body.subarray(aligned(textEnd)));
  const { sequence, settings, parts } = snapshot as { sequence: number; settings: string; parts: CheckpointParts };
  return { sequence, settings: JSON.parse(settings) as StateSettings, parts };
}

const MAGIC = 'SEGTIDE';
const FORMAT_VERSION = 1;
const HEAD_BYTES = 16;
const HASH_BYTES = 32;
/** Hashing and writing by pieces leaves the event loop time for heartbeats between them. */
const PIECE_BYTES = 4 << 20;

async function writePadded(file: FileHandle, bytes: Uint8Array, seen: (bytes: Uint8Array) => void): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    seen(piece);
    await writeAll(file, piece);
  }
  const padding = new Uint8Array(aligned(bytes.length) - bytes.length);
  seen(padding);
  await writeAll(file, padding);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function readAll(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PIECE_BYTES, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

import type { Readable } from 'node:stream';
import type { ByteFeed } from './byte-feed.js';
import { createGzipFeed } from './gzip-feed.js';
import type { OpenFile } from './open-file.js';
import { createPeekFeed } from './peek-feed.js';
import { createPlainFeed } from './plain-feed.js';
import { createStreamFeed } from './stream-feed.js';

/** What standard input is called. */
export const STDIN = 'standard input';

/** Bytes of a file from `offset` on, unpacked where it is gzipped. */
export function openFileFeed({ handle, path, size, gzipped }: OpenFile, offset: number): ByteFeed {
  if (!gzipped) return createPlainFeed(handle, path, size, offset);
  const packed = (): ByteFeed => createPlainFeed(handle, path, size, 0);
  return createGzipFeed(packed(), path, offset, packed);
}

/**
 * Bytes of standard input, unpacked where they are gzipped, as their beginning tells.
 *
 * @param idleMs how long a read waits before it answers that nothing came
 */
export function openStdinFeed(stream: Readable, idleMs: number): ByteFeed {
  return createPeekFeed(createStreamFeed(stream, STDIN, idleMs), (head, whole) =>
    head[0] === 0x1f && head[1] === 0x8b ? createGzipFeed(whole, STDIN, 0, undefined) : whole,
  );
}

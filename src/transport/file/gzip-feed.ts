import { createGunzip } from 'node:zlib';
import { SegtideError } from '../../errors.js';
import type { ByteFeed } from './byte-feed.js';

/**
 * Unpacks a gzip feed as it goes, members one after the other.
 *
 * One packed chunk is in flight at a time, so at most its unpacked bytes wait in memory. What could be unpacked is
 * handed over before a damage is reported. zlib keeps back what it unpacked of the chunk in which it finds a damage, so
 * the packed bytes are read once more then, and those of that chunk one by one.
 *
 * @param again opens the packed bytes once more, from their beginning, without a need to close them; undefined where
 * they can be read only once: what the damaged chunk held before the damage is lost then
 * @param skip unpacked bytes to leave out: gzip cannot seek, so a resumed run reads up to its offset
 * @throws SegtideError 'input' with the unpacked offset when the data is cut off or damaged
 */
export function createGzipFeed(
  packed: ByteFeed,
  path: string,
  skip: number,
  again: (() => ByteFeed) | undefined,
): ByteFeed {
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const input = new Uint8Array(PACKED_BYTES);
  let packedBytes = 0; // that were unpacked whole
  let unpackedBytes = 0;
  const ready: Uint8Array[] = [];
  let first = 0; // bytes of ready[0] that are handed over already
  let offset = 0;
  let toSkip = skip;
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  gunzip.on('data', (bytes: Uint8Array) => {
    ready.push(bytes);
    unpackedBytes += bytes.length;
  });
  gunzip.on('error', (error) => {
    failure = error;
    wake?.();
  });
  gunzip.on('end', () => {
    ended = true;
    wake?.();
  });

  const unpackMore = async (): Promise<'more' | 'idle'> => {
    const length = await packed.read(input, 0, input.length);
    if (length < 0) return 'idle';
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (length === 0) gunzip.end();
      else gunzip.write(input.subarray(0, length), () => resolve());
    });
    if (failure === undefined) packedBytes += length;
    else if (again !== undefined && length > 0) {
      const rest = await unpackUpToDamage(again(), packedBytes, unpackedBytes);
      if (rest.length > 0) ready.push(rest);
    }
    return 'more';
  };

  const copyReady = (into: Uint8Array, start: number, end: number): number => {
    let at = start;
    while (at < end && ready.length > 0) {
      const bytes = ready[0]!;
      const dropped = Math.min(toSkip, bytes.length - first);
      const length = Math.min(end - at, bytes.length - first - dropped);
      into.set(bytes.subarray(first + dropped, first + dropped + length), at);
      toSkip -= dropped;
      at += length;
      first += dropped + length;
      if (first < bytes.length) break;
      ready.shift();
      first = 0;
    }
    return at - start;
  };

  return {
    live: packed.live,
    async read(into, start, end) {
      let at = start;
      while (at < end) {
        at += copyReady(into, at, end);
        if (at === end || failure !== undefined || ended || (packed.live && at > start)) break;
        if ((await unpackMore()) === 'idle') return -1;
      }
      offset += at - start;
      if (at === start && failure !== undefined) throw toGzipError(failure, path, skip + offset);
      return at - start;
    },
    async close() {
      gunzip.destroy();
      await packed.close();
    },
  };
}

/** 64 KiB unpack to some 640 KiB of usage events, and to 64 MiB at the very worst. */
const PACKED_BYTES = 1 << 16;
const UNPACKED_BYTES = 1 << 18;

/**
 * Unpacks what precedes a damage: the packed bytes up to `from` in chunks, those behind it one by one.
 *
 * @returns the unpacked bytes from `known` on
 */
async function unpackUpToDamage(packed: ByteFeed, from: number, known: number): Promise<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const found: Uint8Array[] = [];
  let failed = false;
  let wake: (() => void) | undefined;
  let left = known;
  gunzip.on('error', () => {
    failed = true;
    wake?.();
  });
  gunzip.on('data', (bytes: Uint8Array) => {
    if (bytes.length > left) found.push(bytes.subarray(left));
    left = Math.max(0, left - bytes.length);
  });
  const input = new Uint8Array(PACKED_BYTES);
  for (let at = 0; !failed; ) {
    const length = await packed.read(input, 0, at < from ? Math.min(input.length, from - at) : input.length);
    if (length <= 0) break;
    const piece = at < from ? length : 1;
    for (let start = 0; start < length && !failed; start += piece) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        gunzip.write(input.subarray(start, start + piece), () => resolve());
      });
    }
    at += length;
  }
  gunzip.destroy();
  return Buffer.concat(found);
}

function toGzipError(cause: Error, path: string, offset: number): SegtideError {
  const cutOff = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  const what = cutOff ? 'is cut off: the gzip data ends too early' : `has damaged gzip data (${cause.message})`;
  const before = cutOff
    ? 'What comes before that is whole'
    : 'Damage is found some way behind its place, so that the last of what comes before may be spoilt';
  const text = `${path} ${what}, after ${offset} unpacked bytes. ${before}. Fetch the file again.`;
  return new SegtideError('input', text, { cause, context: { path, offset } });
}

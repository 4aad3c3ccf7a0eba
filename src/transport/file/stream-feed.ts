import type { Readable } from 'node:stream';
import type { ByteFeed } from './byte-feed.js';
import { toInputError } from './file-error.js';

/**
 * Bytes of a stream, as they arrive: standard input.
 *
 * @param idleMs how long a read waits before it answers that nothing came, so that a live run can close its windows
 */
export function createStreamFeed(stream: Readable, name: string, idleMs: number): ByteFeed {
  let rest: Uint8Array | undefined;
  let offset = 0;
  let ended = false;
  let failure: unknown;
  let wake: (() => void) | undefined;
  const onReadable = (): void => wake?.();
  const onEnd = (): void => {
    ended = true;
    wake?.();
  };
  const onError = (error: unknown): void => {
    failure = error;
    wake?.();
  };
  stream.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError);

  const arrive = async (): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      timer = setTimeout(() => resolve(false), idleMs);
    });
    clearTimeout(timer);
    wake = undefined;
    return came;
  };

  return {
    live: true,
    async read(into, start, end) {
      while (rest === undefined) {
        rest = (stream.read() as Uint8Array | null) ?? undefined;
        if (rest !== undefined) break;
        if (failure !== undefined) throw toInputError(failure, name, offset);
        if (ended || stream.readableEnded) return 0;
        if (!(await arrive())) return -1;
      }
      const length = Math.min(end - start, rest.length);
      into.set(rest.subarray(0, length), start);
      rest = length === rest.length ? undefined : rest.subarray(length);
      offset += length;
      return length;
    },
    async close() {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError);
      stream.pause();
      wake?.();
    },
  };
}

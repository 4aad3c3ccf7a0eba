import type { ByteFeed } from './byte-feed.js';

/**
 * A feed that is chosen by its own first bytes.
 *
 * @param look given the first bytes, at most 64 (as few as two of a live feed), and a feed that begins with them;
 * returns the feed to read instead, or throws
 */
export function createPeekFeed(feed: ByteFeed, look: (head: Uint8Array, whole: ByteFeed) => ByteFeed): ByteFeed {
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  let chosen: ByteFeed | undefined;

  /** Whether enough came to choose by. */
  const gather = async (): Promise<boolean> => {
    while (length < (feed.live ? LEAST_BYTES : HEAD_BYTES)) {
      const came = await feed.read(head, length, head.length).catch((error: unknown) => {
        if (length === 0) throw error;
        return 0; // the feed tells it again, once what came before was handed over
      });
      if (came < 0) return false;
      if (came === 0) break;
      length += came;
    }
    return true;
  };

  return {
    live: feed.live,
    async read(into, start, end) {
      if (chosen === undefined) {
        if (!(await gather())) return -1;
        chosen = look(head.subarray(0, length), startWith(head.subarray(0, length), feed));
      }
      return chosen.read(into, start, end);
    },
    close: () => (chosen ?? feed).close(),
  };
}

const HEAD_BYTES = 64;
const LEAST_BYTES = 2;

function startWith(head: Uint8Array, feed: ByteFeed): ByteFeed {
  let at = 0;
  return {
    live: feed.live,
    async read(into, start, end) {
      if (at === head.length) return feed.read(into, start, end);
      const length = Math.min(end - start, head.length - at);
      into.set(head.subarray(at, at + length), start);
      at += length;
      return length;
    },
    close: () => feed.close(),
  };
}

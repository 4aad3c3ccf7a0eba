import { SegtideError } from '../../errors.js';
import type { RecordParser } from '../../ingest/record-parser.js';
import type { ByteFeed } from './byte-feed.js';
import type { ReadPosition, RecordReader } from './record-reader.js';

/**
 * Reads a feed chunk by chunk into one buffer and parses the whole records of each.
 *
 * The buffer starts at `chunkBytes` and grows only for a record that does not fit; the parser bounds it, because it
 * refuses a record beyond its own limit.
 */
export function createChunkReader(
  feed: ByteFeed,
  parser: RecordParser,
  source: string,
  chunkBytes: number,
  from: ReadPosition,
): RecordReader {
  let buffer = new Uint8Array(chunkBytes);
  let start = 0; // of the bytes that wait to be parsed
  let end = 0;
  let { row, offset, inside } = from;
  let ended = false;
  let failure: unknown;

  const fill = async (): Promise<'more' | 'idle'> => {
    buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    if (end === buffer.length) {
      const wider = new Uint8Array(2 * buffer.length);
      wider.set(buffer);
      buffer = wider;
    }
    // Whole chunks where the input has them: small batches would cost more than they bring.
    while (end < buffer.length) {
      const length = await feed.read(buffer, end, buffer.length).catch((error: unknown) => {
        failure = error; // once what was read before it is handed over
        return 0;
      });
      if (length < 0) return 'idle';
      if (length === 0) {
        ended = failure === undefined;
        return 'more';
      }
      end += length;
      if (feed.live) return 'more';
    }
    return 'more';
  };

  return {
    async next() {
      while (!ended || start < end) {
        if (failure !== undefined) throw failure;
        const came = await fill();
        if (ended && start === end) break;
        const chunk = parser.parse(buffer, start, end, { source, row, offset, inside }, ended);
        if (ended && chunk.consumed < end - start) throw toStuck(source, offset + chunk.consumed);
        start += chunk.consumed;
        offset += chunk.consumed;
        row += chunk.rows;
        inside = chunk.inside ?? false;
        if (came === 'idle' || chunk.batch.length > 0 || chunk.batch.deadLetters.length > 0) return chunk.batch;
      }
      return undefined;
    },
    position: () => ({ row, offset, inside }),
    close: () => feed.close(),
  };
}

function toStuck(source: string, offset: number): SegtideError {
  const text = `${source} could not be read to its end: the parser left bytes from offset ${offset} on.`;
  return new SegtideError('input', text, { context: { source, offset } });
}

import { SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { Source, SourcePosition } from '../../ports.js';

/**
 * Makes a source that hands over the given batches, one a pull: for tests, and for events that are in memory already.
 *
 * @param script batches in order; an Error among them is thrown by the pull that reaches it, once
 * @param from position of an earlier source over the same script
 */
export function createScriptedSource(script: readonly (UsageBatch | Error)[], from?: SourcePosition): Source {
  let next = from === undefined ? 0 : Number(from.next);
  if (!Number.isInteger(next) || next < 0 || next > script.length) {
    throw new SegtideError(
      'state',
      `The position ${JSON.stringify(from)} is none of a script of ${script.length} batches.`,
    );
  }
  let closed = false;
  return {
    async pull() {
      if (closed || next >= script.length) return undefined;
      const batch = script[next++]!;
      if (batch instanceof Error) throw batch;
      return batch;
    },
    position: () => ({ next }),
    async close() {
      closed = true;
    },
  };
}

import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { Source } from '../../ports.js';
import { countBefore, type FetchedRecords, joinRecords, NO_RECORDS } from '../../transport/kafka/fetched-records.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import { verifyKeys } from '../../transport/kafka/verify-keys.js';
import { createTopicClocks } from '../worker/topic-clocks.js';
import type { ReplayRange } from './replay-ranges.js';

/** Usage events of one partition of the input over a range of offsets. */
export interface ReplaySource extends Source {
  /** Whether the last batch came before the range. */
  readonly isLeadIn: boolean;
  /** Whether all was read: open windows are not to be closed then, for their other events lie beyond. */
  readonly isOver: boolean;
  /** Records of the range so far. */
  readonly records: number;
}

export interface ReplaySourceOptions {
  readonly keyed: 'verify' | 'trust';
  /** Later event times move no clock that topics share, epoch ms. */
  readonly notAfter: number;
  /** Aborted to stop reading. */
  readonly signal: AbortSignal;
}

/**
 * Reads a partition of each topic side by side: the next batch is of the topic whose newest event time is least. Batches
 * are cut by the count of records, and not as they happen to be fetched, so that the same ranges always give the same.
 *
 * @param ranges one a topic
 */
export function createReplaySource(
  ranges: readonly ReplayRange[],
  { reader, values }: { readonly reader: TopicReader; readonly values: ValueParser },
  { keyed, notAfter, signal }: ReplaySourceOptions,
): ReplaySource {
  const clocks = createTopicClocks(ranges.map(({ topic }) => topic));
  const lanes = ranges.map((range) => createLane(range, reader, signal));
  let isLeadIn = true;
  let isOver = false;
  let records = 0;

  const nothing = (): UsageBatch => ({ ...values.parse(NO_RECORDS, ranges[0]!.topic).batch, waiting: true });

  return {
    get isLeadIn() {
      return isLeadIn;
    },
    get isOver() {
      return isOver || signal.aborted;
    },
    get records() {
      return records;
    },
    position: () => ({}),
    async pull() {
      let next = -1;
      let ended = 0;
      for (const [topic, lane] of lanes.entries()) {
        if ((await lane.peek()).length === 0) ended |= 1 << topic;
        else if (next < 0 || clocks.newest(topic) < clocks.newest(next)) next = topic;
      }
      if (next < 0 || signal.aborted) {
        isOver = true;
        return nothing();
      }
      const lane = lanes[next]!;
      const { topic, partition, from } = lane.range;
      const found = await lane.peek();
      const context = { topic, partition, source: `${topic}/${partition}` };
      await values.prepare?.(found);
      const { batch, taken, recordOf } = values.parse(found, context.source);
      if (keyed === 'verify') verifyKeys(batch, found, recordOf, context);
      isLeadIn = found.offset(0) < from;
      if (!isLeadIn) records += taken;
      lane.take(taken);
      return { ...batch, clockTimes: clocks.follow(next, batch.eventTimes, batch.length, ended, notAfter) };
    },
    close: async () => undefined,
  };
}

interface Lane {
  readonly range: ReplayRange;
  /** The next records, none at the end of the range; never of both sides of its beginning. */
  peek(): Promise<FetchedRecords>;
  take(count: number): void;
}

function createLane(range: ReplayRange, reader: TopicReader, signal: AbortSignal): Lane {
  const { topic, partition, lead, from, to } = range;
  let waiting: FetchedRecords = NO_RECORDS;
  let next = lead < from ? lead : from;

  /** Reads on until there are enough for a batch, or all. */
  async function fill(): Promise<void> {
    while (waiting.length < BATCH_RECORDS && next < to && !signal.aborted) {
      let bytes = 0;
      const take = (fetched: FetchedRecords, after: bigint): boolean => {
        const fit = countBefore(fetched, to);
        bytes += fetched.size(0, fit);
        waiting = joinRecords([waiting, fetched.slice(0, fit)]);
        next = after;
        return next >= to || bytes >= CHUNK_BYTES;
      };
      await reader.read(topic, partition, next, take, signal);
    }
  }

  return {
    range,
    async peek() {
      await fill();
      const batch = waiting.slice(0, Math.min(BATCH_RECORDS, waiting.length));
      const lead = countBefore(batch, from);
      return lead === 0 ? batch : batch.slice(0, lead);
    },
    take(count) {
      waiting = waiting.slice(count, waiting.length);
    },
  };
}

const BATCH_RECORDS = 1000;
/** Read at once: what waits in memory, and a fetch more. */
const CHUNK_BYTES = 4 * 1024 * 1024;

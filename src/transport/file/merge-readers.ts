import type { UsageBatch } from '../../ingest/usage-batch.js';
import { createBatchColumns } from './batch-columns.js';
import { createLane, type LanePosition } from './lane.js';
import { createLeastOf } from './least-of.js';
import type { RecordReader } from './record-reader.js';

/** Several files as one sequence of usage events. */
export interface MergedFiles {
  pull(): Promise<UsageBatch | undefined>;
  /** Of each file, in their order. */
  positions(): readonly LanePosition[];
  close(): Promise<void>;
}

export interface MergeInput {
  readonly source: string;
  readonly reader: RecordReader;
  readonly from: LanePosition;
}

/**
 * Merges files by the event times of their heads, record by record; of equal ones the first file's comes first.
 *
 * `clockTimes` says how far the watermark may follow: as long as record i is its file's head, the least over the
 * unfinished files of what each has reached, that is the later of the latest time handed over and the head's time. A
 * file that is behind so holds the watermark back. A stray (see `createLane`) is passed on at once with a clock time
 * of -Infinity, because waiting for its time to come would hold back all that follows it in its file.
 *
 * A batch ends when a file has to load its next chunk, so that the originals of all its records are still there.
 */
export function mergeReaders(inputs: readonly MergeInput[], maxAheadMs: number, batchSize: number): MergedFiles {
  const lanes = inputs.map(({ reader, from }) => createLane(reader, from, maxAheadMs));
  const sources = inputs.map(({ source }) => source);
  const columns = createBatchColumns(batchSize, sources);
  const heads = createLeastOf(lanes.length);
  const reached = createLeastOf(lanes.length);
  const dry = new Set(lanes.keys());

  const settle = (i: number): void => {
    const lane = lanes[i]!;
    if (lane.dry) dry.add(i);
    else dry.delete(i);
    // A stray is up at once, whatever the other heads are; what its file has reached is told by the others.
    heads.set(i, lane.stray ? -Infinity : lane.headTime);
    reached.set(i, lane.finished ? Infinity : lane.stray ? lane.latest : Math.max(lane.latest, lane.headTime));
  };

  return {
    async pull() {
      columns.clear();
      while (dry.size > 0) {
        // Dead letters go out before the buffers that they may lie in are overwritten.
        if (columns.deadLetters.length > 0) return columns.toBatch();
        // One file after the other, so that the order of dead letters before the first heads depends on no chunk size.
        const i = Math.min(...dry);
        await lanes[i]!.load(columns.deadLetters);
        settle(i);
      }
      while (columns.length < batchSize && dry.size === 0) {
        const i = heads.index();
        const lane = lanes[i]!;
        if (lane.batch === undefined || lane.finished) break;
        columns.append(lane.batch, lane.index, i, lane.stray ? -Infinity : reached.value());
        lane.advance(columns.deadLetters);
        settle(i);
      }
      return columns.length === 0 && columns.deadLetters.length === 0 ? undefined : columns.toBatch();
    },
    positions: () => lanes.map((lane) => lane.position()),
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { toForgottenRecords } from '../../../src/service/worker/forgotten-records.js';
import { createOutputBuffer } from '../../../src/service/worker/output-buffer.js';
import {
  type PartitionWorkerOptions,
  type PartitionWorkerParts,
  runPartition,
} from '../../../src/service/worker/partition-worker.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import type { Fates } from '../../../src/window/window-batch.js';
import { createMemoryPartition, type MemoryPartition } from '../../support/memory-partition.js';
import type { MemoryState } from '../../support/memory-store.js';
import { SMALL } from '../../support/small-models.js';
import { HOUR, smallStream } from '../../support/small-stream.js';
import type { TestEvent } from '../../window/usage-events.js';

export const MAPPING = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'value', field: 'v' }],
  time: { unit: 'ms' },
});
export const EVENTS = smallStream(60, 6);
export const HALF = EVENTS.filter(({ time }) => time < 24 * HOUR).length;
export const END = EVENTS.at(-1)!.time;

export const OPTIONS: PartitionWorkerOptions = {
  segmentation: SMALL,
  identity: 'small',
  partitions: 1,
  keyed: 'verify',
  maxBatchBytes: 4000,
  idleMs: 20,
  topicIdleMs: 50,
  maxAheadMs: HOUR,
  commitEveryMs: 1,
  maxCommitBytes: 100_000,
  checkpointRecords: 1500,
  checkpointEveryMs: 600_000,
};

export const toRecords = (events: readonly TestEvent[]) =>
  events.map(({ customer, time, values }) => ({
    key: customer,
    value: JSON.stringify({ id: customer, t: time, v: values?.[0] ?? 1 }),
  }));

export interface Ending {
  /** Ends without a word, as a killed process. */
  readonly killAfterPages?: number;
  readonly inForce?: () => readonly ModelRecord[];
  readonly options?: Partial<PartitionWorkerOptions>;
  readonly fetchedRecords?: number;
  readonly now?: () => number;
  readonly createLearner?: PartitionWorkerParts['createLearner'];
  readonly toRecords?: PartitionWorkerParts['toRecords'];
  readonly onFates?: (fates: Fates) => void;
  readonly onModelRefused?: PartitionWorkerParts['onModelRefused'];
  readonly openEncoder?: PartitionWorkerParts['openEncoder'];
  readonly rules?: PartitionWorkerParts['rules'];
  /** Ends in order. */
  readonly stopWhen?: (partition: ReturnType<MemoryPartition['assign']>) => boolean;
}

/** One owner of the partition; resolves when it has ended. */
export async function own(topics: MemoryPartition, state: MemoryState, ending: Ending = {}): Promise<number> {
  const partition = topics.assign(ending.fetchedRecords);
  let pages = 0;
  let restored = 0;
  const outputs = await createOutputBuffer({
    topicOf: (name) => name,
    format: 'json',
    embeddings: false,
    alerts: true,
  });
  const parts: PartitionWorkerParts = {
    partition,
    store: state.open(),
    values: createJsonValues(MAPPING),
    outputs,
    createLearner:
      ending.createLearner ?? ((sequence) => ({ learn: () => undefined, take: () => undefined, sequence })),
    toRecords: ending.toRecords ?? (() => []),
    toForgotten: (customerId, isKnown) =>
      toForgottenRecords(customerId, { topics: ['assignments'], isKnown, isHome: false }),
    models: () => ending.inForce?.() ?? [],
    onModelRefused:
      ending.onModelRefused ??
      ((_, error) => {
        throw error;
      }),
    openEncoder: ending.openEncoder,
    rules: ending.rules,
    clock: { now: ending.now ?? (() => END + HOUR) },
    isStopped: () => ending.stopWhen?.(partition) === true,
    onRestored: ({ records }) => {
      restored = records;
    },
    onPage: (_, fates) => {
      ending.onFates?.(fates);
      if (++pages === ending.killAfterPages) partition.revoke();
    },
  };
  await runPartition({ ...OPTIONS, ...ending.options }, parts);
  return restored;
}

export const published = ({ outputs }: MemoryState, topic = 'assignments') =>
  (outputs.get(topic) ?? []).map(({ value }) => JSON.parse(String(value)) as AssignmentRecord);

export const untimed = (records: readonly AssignmentRecord[]) => records.map(({ emittedAt: _, ...record }) => record);

/** Runs until every event was taken, and for a while longer, in which their windows are published. */
export async function drain(topics: MemoryPartition, state: MemoryState, ending: Ending = {}): Promise<void> {
  let idle = 0;
  await own(topics, state, {
    ...ending,
    stopWhen: ({ started, waiting }) => started && waiting.length === 0 && ++idle > 30,
  });
}

export function newTopics(events: readonly TestEvent[] = EVENTS): MemoryPartition {
  const topics = createMemoryPartition(0, ['usage']);
  topics.append('usage', toRecords(events));
  return topics;
}

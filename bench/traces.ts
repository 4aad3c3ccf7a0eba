// What spans cost where no SDK of OpenTelemetry is registered: CPU seconds of a worker's partition in memory with them
// against without, in pairs that take turns.
//
//   npx tsx bench/traces.ts [--pairs 20] [--days 60]
import { parseArgs } from 'node:util';
import { resolveIngest } from '../src/ingest/ingest-settings.js';
import { createRandom } from '../src/numeric/random.js';
import { tracedWorker } from '../src/service/trace/trace-worker.js';
import { toLessonRecords } from '../src/service/worker/lesson-records.js';
import { createOutputBuffer } from '../src/service/worker/output-buffer.js';
import { type PartitionWorkerParts, runPartition } from '../src/service/worker/partition-worker.js';
import { resolveSegmentation } from '../src/stage-settings.js';
import { createJsonValues } from '../src/transport/kafka/json-values.js';
import { createIntervalLearner } from '../src/worker/interval-learner.js';
import { createMemoryPartition } from '../test/support/memory-partition.js';
import { createMemoryState } from '../test/support/memory-store.js';
import { median, showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: { pairs: { type: 'string', default: '20' }, days: { type: 'string', default: '60' } },
});
const START = Date.UTC(2026, 0, 1);
const CUSTOMERS = 300;
const HOUR_MS = 3_600_000;
const hours = Number(flags.days) * 24;
const random = createRandom(1);
const usage = createMemoryPartition(0, ['usage']);
for (let hour = 0; hour < hours; hour++) {
  for (let i = 0; i < CUSTOMERS; i++) {
    const t = START + hour * HOUR_MS + random.below(HOUR_MS);
    usage.append('usage', [{ key: `c${i}`, value: JSON.stringify({ id: `c${i}`, t, v: random.next() }) }]);
  }
}
const segmentation = resolveSegmentation({ window: { step: 'hour', steps: 24 }, cluster: { k: 8 } }, true);
const mapping = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'value', field: 'v' }],
  time: { unit: 'ms' },
});
const clock = { now: () => START + hours * HOUR_MS };

/** CPU seconds of this process for the whole partition. */
async function run(trace: (parts: PartitionWorkerParts) => PartitionWorkerParts): Promise<number> {
  const partition = usage.assign(1000);
  const parts: PartitionWorkerParts = {
    partition,
    store: createMemoryState().open(),
    values: createJsonValues(mapping),
    outputs: await createOutputBuffer({ topicOf: (name) => name, format: 'json', embeddings: false, alerts: true }),
    createLearner: (sequence) =>
      createIntervalLearner({ partition: 0, sequence, quota: 100, steps: 24, channels: 1, seed: 1 }),
    toRecords: (taught) => toLessonRecords(taught, { samples: 'samples', statistics: 'statistics' }),
    toForgotten: () => [],
    models: () => [],
    onModelRefused: (_, error) => {
      throw error;
    },
    clock,
    isStopped: () => partition.started && partition.waiting.length === 0,
  };
  const before = process.cpuUsage();
  await runPartition(
    {
      ...{ segmentation, identity: 'bench', partitions: 1, keyed: 'trust', forgetTopic: 'forget' },
      ...{ maxBatchBytes: 65_536, idleMs: 5, topicIdleMs: 50, maxAheadMs: HOUR_MS },
      // Far more commits than a worker makes.
      ...{ commitEveryMs: 0, maxCommitBytes: 16_384, checkpointRecords: 1e9, checkpointEveryMs: 1e9 },
    },
    trace(parts),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const ways = { plain: (parts: PartitionWorkerParts) => parts, traced: tracedWorker };
await run(ways.plain);
await run(ways.traced);
const ratios: number[] = [];
const plainSeconds: number[] = [];
for (let pair = 0; pair < Number(flags.pairs); pair++) {
  const seconds = { plain: 0, traced: 0 };
  for (const way of pair % 2 === 0 ? (['plain', 'traced'] as const) : (['traced', 'plain'] as const)) {
    seconds[way] = await run(ways[way]);
  }
  ratios.push(seconds.traced / seconds.plain);
  plainSeconds.push(seconds.plain);
}
console.log(`${hours * CUSTOMERS} records, ${flags.pairs} pairs, ${median(plainSeconds).toFixed(2)} s of CPU without`);
console.log(`with spans and no SDK by without: ${showMedian(ratios, 4)}`);

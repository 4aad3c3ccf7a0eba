// The state of a partition with many customers: its bytes, how long it takes to write and to read, and what a replay of a
// million records takes on top. CPU seconds of the calls alone; no broker.
//
//   npx tsx bench/partition-state.ts [customers]
import { gzipSync } from 'node:zlib';
import type { KafkaMessage } from 'kafkajs';
import { frameSnapshot, unframeSnapshot } from '../src/numeric/framed-snapshot.js';
import { createSegmentMemory } from '../src/publish/segment-memory.js';
import { loadConfig } from '../src/service/config/load-config.js';
import { resolveRun } from '../src/service/run/run-settings.js';
import { toFetchedRecords } from '../src/transport/kafka/fetched-records.js';
import { createJsonValues } from '../src/transport/kafka/json-values.js';
import { createWindower, type Windower } from '../src/window/windower.js';
import { MAPPING, WINDOW } from './measure/worker-runs.js';

const KIND = { name: 'bench', format: 1 };
const START = 1_704_067_200_000;
const DAY_MS = 86_400_000;
/** Records of one batch, as a worker takes them. */
const BATCH = 1500;

const customers = Number(process.argv[2] ?? 1_000_000);
const text = JSON.stringify({ input: MAPPING, window: WINDOW });
const { segmentation, stages } = resolveRun(loadConfig({ file: { path: 'bench.yaml', text } }));
const values = createJsonValues(stages.ingest);
const memory = createSegmentMemory();

const windower = createWindower(segmentation.window);
push(windower, customers, START + 1000);
push(windower, customers, START + DAY_MS + 3_600_000); // closes a window of each
const bytes = timed('encode', () => frameSnapshot(KIND, { windower: windower.snapshot(), memory: memory.snapshot() }));
const state = timed('decode', () => unframeSnapshot(KIND, bytes)) as {
  windower: ReturnType<Windower['snapshot']>;
  memory: ReturnType<typeof memory.snapshot>;
};
const restored = timed('build', () => {
  createSegmentMemory(state.memory);
  return createWindower(segmentation.window, state.windower);
});
const replay = push(restored, 1_000_000, START + DAY_MS + 7_200_000);
const packed = gzipSync(bytes, { level: 1 });
console.log(`replay of 1,000,000 records: ${replay.toFixed(2)} s of CPU`);
console.log(
  `${(bytes.length / customers).toFixed(0)} bytes a customer, ${(packed.length / customers).toFixed(0)} of them gzipped`,
);

/** An event of each customer in turn, parsed and windowed; answers CPU seconds. */
function push(into: Windower, count: number, timestamp: number): number {
  let seconds = 0;
  for (let from = 0; from < count; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, count - from) }, (_, i): KafkaMessage => {
      const customerId = `c${String((from + i) % customers).padStart(7, '0')}`;
      const value = Buffer.from(JSON.stringify({ customerId, timestamp, value: 4.934 }));
      return {
        key: Buffer.from(customerId),
        value,
        offset: String(from + i),
        timestamp: '0',
        attributes: 0,
        headers: {},
      };
    });
    const begun = process.cpuUsage();
    for (const windows of into.push(values.parse(toFetchedRecords(records), 'usage/0').batch)) {
      const segmented = { nearest: new Uint16Array(windows.length), margins: new Float32Array(windows.length) };
      if (windows.length > 0) memory.observe({ windows, modelVersion: 'v1', segmentIds: ['s0', 's1'], ...segmented });
    }
    seconds += cpuSince(begun);
  }
  return seconds;
}

function timed<T>(name: string, act: () => T): T {
  const begun = process.cpuUsage();
  const result = act();
  console.log(`${name}: ${cpuSince(begun).toFixed(2)} s of CPU`);
  return result;
}

function cpuSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

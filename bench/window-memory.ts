// Bytes per customer of the keyed window state, against the limit that the design sets:
// ((T + hop + lateness) C 4 + T C / 8 + 64) for sums and 7-byte ids.
//
//   npx tsx bench/windows.ts build && node node_modules/.cache/segtide-bench/bench/window-memory.js [CUSTOMERS]
//
// Counts what the array buffers hold, exactly, and beside it how much the process grew.
import { spawnSync } from 'node:child_process';
import type { UsageBatch } from '../src/ingest/usage-batch.js';
import { hashBytes } from '../src/numeric/hash.js';
import { resolveWindow } from '../src/window/window-settings.js';
import { createWindower } from '../src/window/windower.js';

const HOUR = 3_600_000;
const CASES = [
  { steps: 24, hop: 24, lateness: 0 },
  { steps: 24, hop: 1, lateness: 0 },
  { steps: 24, hop: 24, lateness: 24 },
  { steps: 140, hop: 140, lateness: 0 },
  { steps: 140, hop: 1, lateness: 0 },
];
const customers = Number(process.argv[2] ?? 1_000_000);
const chosen = process.argv[3];
if (chosen === undefined) {
  console.log(
    `${customers} customers, hourly steps, out-of-orderness 5 min, one event a customer in each of three steps`,
  );
  // A process each, so that none inherits another's memory.
  for (const k of CASES.keys()) {
    spawnSync(process.execPath, ['--expose-gc', process.argv[1]!, `${customers}`, `${k}`], { stdio: 'inherit' });
  }
} else measure(CASES[Number(chosen)]!);

function measure({ steps, hop, lateness }: (typeof CASES)[number]): void {
  const collect = (globalThis as { gc?: () => void }).gc!;
  const allowedLateness = lateness * HOUR;
  const windower = createWindower(
    resolveWindow({ step: '1h', steps, hop, allowedLateness, minObserved: steps, maxCustomers: 2_000_000 }),
  );
  collect();
  const before = process.memoryUsage();
  const begin = performance.now();
  for (let step = 0; step < 3; step++) {
    for (let from = 0; from < customers; from += 8192) {
      const batch = batchOf(from, Math.min(8192, customers - from), Date.UTC(2024, 0, 1) + step * HOUR);
      for (const page of windower.push(batch)) if (page.length > 0) throw new Error('no window is complete yet');
    }
  }
  const rate = (customers * 3) / (performance.now() - begin) / 1000;
  collect();
  const after = process.memoryUsage();
  const each = (bytes: number): string => (bytes / customers).toFixed(1);
  console.log(
    `T ${steps}, hop ${hop}, lateness ${lateness}: buffers ${each(after.arrayBuffers - before.arrayBuffers)} bytes a customer ` +
      `(counted ${each(windower.counters.stateBytes)}), heap ${each(after.heapUsed - before.heapUsed)}, ` +
      `resident ${each(after.rss - before.rss)}; limit ${(steps + hop + lateness) * 4 + steps / 8 + 64}; ` +
      `${rate.toFixed(2)} M events/s with making them`,
  );
}

function batchOf(from: number, length: number, time: number): UsageBatch {
  const idBytes = new Uint8Array(length * 7);
  const starts = Uint32Array.from({ length }, (_, i) => i * 7);
  for (let i = 0; i < length; i++) idBytes.set(Buffer.from(`c${String(from + i).padStart(6, '0')}`), i * 7);
  return {
    length,
    channels: 1,
    idBytes,
    idStarts: starts,
    idEnds: starts.map((start) => start + 7),
    idHashes: Int32Array.from({ length }, (_, i) => hashBytes(idBytes, i * 7, i * 7 + 7)),
    eventTimes: new Float64Array(length).fill(time),
    values: new Float64Array(length).fill(1.5),
    eventIds: undefined,
    clockTimes: undefined,
    sources: ['bench'],
    sourceOf: undefined,
    rows: new Float64Array(length),
    offsets: new Float64Array(length),
    original: () => new Uint8Array(0),
    deadLetters: [],
  };
}

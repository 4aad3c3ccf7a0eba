/**
 * False alarms of drift on streams that stay the same, and how long a planted shift goes unseen, beside ADWIN and KSWIN
 * at the same rate of false alarms. Embeddings are simulated; assignments, observations and the monitor are the real
 * ones, with default settings but for a reference of one week where there is a weekly cycle.
 *
 * ADWIN and KSWIN are those of src/drift, which find step by step what River's find (test/drift/reference.test.ts). They
 * get every window's coordinates and distance in order, coordinates less the true centroid of the window's segment, one
 * detector a column, and alarm when any does.
 *
 * `npx tsx bench/drift-calibration.ts [--seeds 10] [--waves 200] [--customers 500] [--shifts 20] [--lesson 256]` for the false alarms and delays of segtide alone;
 * with `--peers` for delays of all, after the calibration of the others; `--write FOLDER` writes what the others get instead,
 * for bench/reference/drift_river.py.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAdwin } from '../src/drift/adwin.js';
import { createDriftMonitor } from '../src/drift/drift-monitor.js';
import { toDriftObservation } from '../src/drift/drift-observation.js';
import { resolveDriftOptions } from '../src/drift/drift-settings.js';
import { createKswin } from '../src/drift/kswin.js';
import { createRandom } from '../src/numeric/random.js';
import { DAY, type DriftStreamOptions, driftModel, driftStream, SIZE, STATIONARY } from './measure/drift-streams.js';

const { values: args } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    waves: { type: 'string', default: '200' },
    customers: { type: 'string', default: '500' },
    shifts: { type: 'string', default: '20' },
    kinds: { type: 'string', default: STATIONARY.join(',') },
    peers: { type: 'boolean', default: false },
    lesson: { type: 'string', default: '256' },
    write: { type: 'string' },
  },
});
const [seeds, waves, customers, shifts] = [args.seeds, args.waves, args.customers, args.shifts].map(Number) as [
  number,
  number,
  number,
  number,
];
const model = driftModel();
const LESSON = Number(args.lesson);
const COLUMNS = SIZE + 1;
/** In a million windows. */
const ALARMS = 10;

if (args.write !== undefined) writeColumns(args.write);
else {
  if (!args.peers) reportFalseAlarms();
  reportDelays();
}

function writeColumns(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, options: DriftStreamOptions) =>
    writeFileSync(join(folder, `${name}.f32`), new Uint8Array(Float32Array.from(columnsOf(options)).buffer));
  for (const kind of args.kinds.split(',') as DriftStreamOptions['kind'][]) {
    for (let seed = 1; seed <= seeds; seed++) write(`${kind}_${seed}`, { kind, seed, customers, waves });
  }
  const atWave = Math.floor(waves / 2);
  for (const share of [0.1, 0.5]) {
    for (let seed = 101; seed < 101 + shifts; seed++) {
      write(`independent_${seed}_${share}`, { kind: 'independent', seed, customers, waves, shift: { atWave, share } });
    }
  }
}

function reportFalseAlarms(): void {
  console.log(
    `| stream that stays the same | windows | rounds asking for an adaptation | statistics |\n| --- | --: | --: | --- |`,
  );
  for (const kind of args.kinds.split(',') as DriftStreamOptions['kind'][]) {
    let alarms = 0;
    const causes = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed++) {
      const found = monitorAlarms({ kind, seed, customers, waves });
      alarms += found.length;
      for (const { cause } of found) causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
    const told = [...causes].map(([cause, n]) => `${cause} ${n}`).join(', ');
    console.log(`| ${kind} | ${(seeds * waves * customers).toLocaleString('en')} | ${alarms} | ${told} |`);
  }
}

function reportDelays(): void {
  const peers = args.peers ? calibratedPeers() : [];
  const atWave = Math.floor(waves / 2);
  const onset = atWave * customers;
  console.log(
    `\n| share shifted by 1 sd | by | median delay, windows | 90 % | missed | too early |\n| --: | --- | --: | --: | --: | --: |`,
  );
  for (const share of [0.1, 0.5]) {
    const firsts = new Map<string, number[]>();
    for (let seed = 101; seed < 101 + shifts; seed++) {
      const options: DriftStreamOptions = { kind: 'independent', seed, customers, waves, shift: { atWave, share } };
      const note = (name: string, at: readonly number[]): void => {
        firsts.set(name, [
          ...(firsts.get(name) ?? []),
          at.some((i) => i < onset) ? -1 : (at[0] ?? Number.POSITIVE_INFINITY) - onset,
        ]);
      };
      note(
        'segtide',
        monitorAlarms(options).map(({ at }) => at),
      );
      const columns = args.peers ? columnsOf(options) : new Float64Array(0);
      for (const { name, alarms } of peers) note(name, alarms(columns));
    }
    for (const [name, all] of firsts) {
      const found = all.filter((delay) => delay >= 0).sort((a, b) => a - b);
      const at = (q: number): number => found[Math.min(found.length - 1, Math.floor(q * found.length))] ?? Number.NaN;
      const missed = found.filter((delay) => delay === Number.POSITIVE_INFINITY).length;
      console.log(`| ${share} | ${name} | ${at(0.5)} | ${at(0.9)} | ${missed} | ${all.length - found.length} |`);
    }
  }
}

/** Rounds that ask for an adaptation, at the window that they come after; those that cool down do not ask. */
function monitorAlarms(options: DriftStreamOptions): readonly { readonly at: number; readonly cause: string }[] {
  const referenceMs = options.kind === 'weekly' ? 7 * DAY : 0;
  const monitor = createDriftMonitor(resolveDriftOptions({ referenceMs }, ['value']));
  const alarms: { at: number; cause: string }[] = [];
  let at = 0;
  for (const wave of driftStream(model, options)) {
    for (let start = 0; start < wave.length; start += LESSON) {
      const end = Math.min(wave.length, start + LESSON);
      at += end - start;
      monitor.observe(toDriftObservation(wave, start, end), model);
      const asking = monitor
        .report(wave.embeddings.series.windows.ends[0]!)
        .filter(({ action }) => action === 'refit' || action === 'retrain');
      const [first] = asking;
      if (first === undefined) continue;
      alarms.push({ at, cause: `${first.layer}/${first.subject}/${first.statistic}` });
      if (options.shift !== undefined && at > options.shift.atWave * options.customers) return alarms;
    }
  }
  return alarms;
}

interface Peer {
  readonly name: string;
  readonly alarms: (columns: Float64Array) => readonly number[];
}

/** Each with the setting that finds most among those with at most `ALARMS` in a million windows. */
function calibratedPeers(): readonly Peer[] {
  const stationary = Array.from({ length: seeds }, (_, i) =>
    columnsOf({ kind: 'independent', seed: i + 1, customers, waves }),
  );
  const allowed = (ALARMS * seeds * waves * customers) / 1e6;
  const best = (name: string, settings: readonly number[], make: (setting: number) => Peer['alarms']): Peer => {
    for (const setting of settings) {
      const alarms = make(setting);
      const count = stationary.reduce((sum, columns) => sum + alarms(columns).length, 0);
      console.log(`${name} ${setting}: ${count} false alarms`);
      if (count <= allowed) return { name: `${name} ${setting}`, alarms };
    }
    return { name: `${name}: none`, alarms: () => [] };
  };
  return [
    best(
      'ADWIN delta',
      [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4],
      (delta) => (columns) => anyOf(columns, () => createAdwin({ delta })),
    ),
    best(
      'KSWIN 100/30 alpha',
      [1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 1e-7],
      (alpha) => (columns) => anyOf(columns, (column) => createKswin({ alpha, draw: drawer(column) })),
    ),
  ];
}

/** Windows at which any column's detector alarms; all begin anew then. */
function anyOf(
  columns: Float64Array,
  create: (column: number) => { observe(value: number): boolean },
): readonly number[] {
  const alarms: number[] = [];
  const fresh = () => Array.from({ length: COLUMNS }, (_, column) => create(column));
  let detectors = fresh();
  for (let i = 0; i < columns.length; i += COLUMNS) {
    let alarmed = false;
    for (let c = 0; c < COLUMNS; c++) alarmed = detectors[c]!.observe(columns[i + c]!) || alarmed;
    if (!alarmed) continue;
    alarms.push(i / COLUMNS + 1);
    detectors = fresh();
  }
  return alarms;
}

/** Every window's coordinates less its true centroid, and its distance. */
function columnsOf(options: DriftStreamOptions): Float64Array {
  const columns = new Float64Array(options.waves * options.customers * COLUMNS);
  let at = 0;
  for (const { nearest, distances, embeddings } of driftStream(model, options)) {
    for (let i = 0; i < nearest.length; i++) {
      for (let m = 0; m < SIZE; m++) {
        columns[at++] = embeddings.embeddings[i * SIZE + m]! - model.centroids[nearest[i]! * SIZE + m]!;
      }
      columns[at++] = distances[i]!;
    }
  }
  return columns;
}

function drawer(seed: number): (n: number, count: number) => ArrayLike<number> {
  const random = createRandom(seed);
  let numbers = new Uint32Array(0);
  return (n, count) => {
    if (numbers.length !== n) numbers = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + random.below(n - i);
      const other = numbers[i]!;
      numbers[i] = numbers[j]!;
      numbers[j] = other;
    }
    return numbers.subarray(0, count);
  };
}

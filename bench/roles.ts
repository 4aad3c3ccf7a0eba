// Four workers and a trainer beside one process on the same stream: how far their final segments agree with each other and
// with the simulator's, by adjusted Rand index over customers. Default encoder, weeks of 28 steps, six habits, k = 6. Starts
// a broker of its own (Java 17, Maven).
//
//   npx tsx bench/roles.ts [--seeds 1,2,3] [--customers N] [--weeks N] [--rate EVENTS_PER_CUSTOMER_AND_DAY]
//
// Weeks are written one after another, each when no training is under way any more: at the pace of life a training is as
// short beside a week. `other` is one process whose models have another seed: what of a difference is chance.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import type { AssignmentRecord } from '../src/publish/assignment-record.js';
import { type KeyedRecord, toKeyedRecords } from '../src/simulate/keyed-records.js';
import { simulateUsage } from '../src/simulate/simulate-usage.js';
import { buildCommand } from '../test/support/faults/build-command.js';
import { createDeployment } from '../test/support/faults/deployment.js';
import { startBroker } from '../test/support/kafka/start.js';
import { MAPPING } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    customers: { type: 'string', default: '400' },
    weeks: { type: 'string', default: '10' },
    rate: { type: 'string', default: '6' },
  },
});
const [customers, weeks, rate] = [flags.customers, flags.weeks, flags.rate].map(Number) as [number, number, number];
const WEEK_MS = 7 * 86_400_000;
/** A Thursday, as which weeks of a whole number of days since the epoch begin. */
const START = Date.UTC(2026, 0, 1);
const WORKERS = 4;
const LOOK_MS = 250;
/** As long as centroids and commits of the trainer take to come round. */
const QUIET_LOOKS = 12;
const HABITS = { flat: 1, weekday: 1, weekend: 1, evening: 1, nightly: 1, bursty: 1 };
const NO_OTHERS = { growing: 0, declining: 0, inactive: 0 };
const IN_ORDER = { outOfOrderShare: 0, lateShare: 0, duplicateShare: 0, corruptShare: 0, futureShare: 0 };

/** Segment by customer. */
type Segments = ReadonlyMap<string, string>;

const main = buildCommand();
const broker = await startBroker();
try {
  for (const seed of flags.seeds.split(',').map(Number)) {
    const stream = simulateUsage({
      ...{ seed, customers, rate, days: 7 * (weeks + 1), start: START, ...IN_ORDER },
      segments: { ...HABITS, ...NO_OTHERS },
    });
    const truth = new Map([...stream.labels].map(({ customerId, segment }) => [customerId, segment]));
    const records = [...stream.events].flatMap((chunk) => [...toKeyedRecords(chunk)]);
    const { segments: roles, models } = await deploy(records, seed);
    const one = runOne(records, seed);
    const other = runOne(records, seed + 1000);
    const pairs = { 'roles, truth': [roles, truth], 'one, truth': [one, truth], 'other, truth': [other, truth] };
    const among = { 'roles, one': [roles, one], 'roles, other': [roles, other], 'one, other': [one, other] };
    const rows = Object.entries({ ...pairs, ...among }).map(([name, [a, b]]) => `${name} ${agreement(a!, b!)}`);
    console.log(
      `seed ${seed}, ${records.length} events, ${models} models: ${rows.join('; ')}; load ${loadavg()[0]!.toFixed(1)}`,
    );
  }
} finally {
  await broker.remove();
}

/** The config but input and output; only events move time on. */
function sectionsOf(seed: number) {
  return {
    window: { step: '6h', steps: 28, idleTimeout: '1h' },
    encoder: {},
    cluster: { k: 6 },
    model: {},
    drift: {},
    delivery: {},
    run: { seed, logLevel: 'info' },
  };
}

async function deploy(records: readonly KeyedRecord[], seed: number): Promise<{ segments: Segments; models: number }> {
  const { brokers } = broker;
  const deployment = await createDeployment({
    main,
    brokers,
    records,
    partitions: WORKERS,
    sections: sectionsOf(seed),
  });
  try {
    for (let i = 0; i < WORKERS; i++) deployment.startWorker();
    const trainer = deployment.startTrainer();
    for (let week = 1; deployment.feed.left > 0; week++) {
      const end = records.findIndex(({ value }) => timeOf(value) >= START + week * WEEK_MS);
      const written = records.length - deployment.feed.left;
      await deployment.feed.next((end < 0 ? records.length : end) - written);
      await Promise.race([deployment.lag.caughtUp(), deployment.failed]);
      for (let quiet = 0; quiet < QUIET_LOOKS; quiet = (await trainer.children()).length > 0 ? 0 : quiet + 1) {
        await Promise.race([sleep(LOOK_MS), deployment.failed]);
      }
    }
    await deployment.finish();
    const outputs = await deployment.outputs();
    const assignments = [...outputs].flatMap(([place, found]) => (place.startsWith('assignments') ? found : []));
    return {
      segments: toSegments(assignments),
      models: trainer.log.filter(({ msg }) => msg === 'model published').length,
    };
  } finally {
    await deployment.close();
  }
}

function runOne(records: readonly KeyedRecord[], seed: number): Segments {
  const folder = mkdtempSync(join(tmpdir(), 'segtide-roles-'));
  try {
    const [config, data, out] = ['config.yaml', 'events.ndjson', 'out'].map((name) => join(folder, name));
    writeFileSync(config!, JSON.stringify({ input: MAPPING, ...sectionsOf(seed) }));
    writeFileSync(data!, records.map(({ value }) => `${value}\n`).join(''));
    execFileSync(process.execPath, [main, 'run', data!, '--config', config!, '--output', out!, '-q'], {
      stdio: 'pipe',
    });
    return toSegments(readFileSync(join(out!, 'assignments.ndjson'), 'utf8').trimEnd().split('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Segments in the last week that events after it close. */
function toSegments(lines: readonly string[]): Segments {
  const start = START + (weeks - 1) * WEEK_MS;
  const records = lines.map((line): AssignmentRecord => JSON.parse(line));
  const last = records.filter(({ windowStart, segmentId }) => windowStart === start && segmentId !== null);
  return new Map(last.map(({ customerId, segmentId }) => [customerId, segmentId!]));
}

/** Of the customers that both have. */
function agreement(a: Segments, b: Segments): string {
  const both = [...a.keys()].filter((customer) => b.has(customer));
  const index = adjustedRandIndex(
    both.map((customer) => a.get(customer)),
    both.map((customer) => b.get(customer)),
  );
  return `${index.toFixed(3)} (${both.length})`;
}

function timeOf(value: Buffer): number {
  return JSON.parse(String(value)).timestamp;
}

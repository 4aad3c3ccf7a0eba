import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import type { Config } from '../../../src/service/config/schema.js';
import { createLog } from '../../../src/service/log.js';
import type { TrainerSummary, WorkerSummary } from '../../../src/service/run/role.js';
import { runFromConfig } from '../../../src/service/run/run.js';
import type { Progress, RunSummary } from '../../../src/service/run-summary.js';
import { runTrainerFromConfig } from '../../../src/service/trainer/trainer-from-config.js';
import { runWorkerFromConfig } from '../../../src/service/worker/worker-from-config.js';
import type { UsageRecord } from './simulated-usage.js';

type Section = Readonly<Record<string, unknown>>;

/** The whole pipeline, small enough to train in a second: windows of a day, in hours. A YAML config, written as JSON. */
export function pipelineConfig(input: Section, output: Section, more: Section = {}): string {
  return JSON.stringify({
    input: {
      fields: { customer: 'customerId', time: 'timestamp' },
      channels: [{ name: 'usage', field: 'value' }],
      // A time in seconds is then too early.
      time: { unit: 'ms', min: '2020-01-01' },
      ...input,
    },
    // Only events move the watermark: pauses of a test are no silence. No customer is forgotten: whether one that
    // comes back was away for too long is decided by the watermark, which waits for the slowest partition.
    window: { step: 'hour', steps: 24, idleTimeout: '1h', customerTtl: '90d' },
    encoder: { init: 'fresh', engine: 'js', hidden: 6, latent: 4, updates: 40 },
    cluster: { k: 4, starts: 2, epochWindows: 300 },
    model: MODEL,
    drift: DRIFT,
    output,
    ...more,
    run: { checkpointEvery: '200ms', logLevel: 'warn', ...(more.run as Section | undefined) },
  });
}

/** Told of several times. */
export const DRIFT: Section = { everyWindows: 300, minWindows: 200, referenceWindows: 300 };

/** Trained several times. */
export const MODEL: Section = { firstFit: 500, reservoir: 1000, retrain: { everyWindows: 1500, minInterval: '1d' } };

export function toConfig(text: string): Config {
  return loadConfig({ file: { path: 'test.yaml', text } });
}

/** A run that is going on, and how to stop it in order. */
export interface GoingRun {
  readonly progress: Progress | undefined;
  /** Resolves with the summary when the run has stopped. */
  stop(): Promise<RunSummary>;
  /** Rejects when the run fails, and never resolves while it goes on. */
  readonly ended: Promise<RunSummary>;
}

export function startRun(config: Config): GoingRun {
  const controller = new AbortController();
  const run: { progress: Progress | undefined } = { progress: undefined };
  const ended = runFromConfig(config, {
    signal: controller.signal,
    clock: { now: Date.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
    progress: (progress) => {
      run.progress = progress;
    },
  });
  ended.catch(() => {}); // whoever waits for it hears of it
  return {
    get progress() {
      return run.progress;
    },
    stop() {
      controller.abort();
      return ended;
    },
    ended,
  };
}

/** A worker and a trainer of one process that are going on. */
export interface GoingRoles {
  /** Of the worker. */
  readonly progress: Progress | undefined;
  stop(): Promise<[WorkerSummary, TrainerSummary]>;
  /** Rejects when one of them fails, and never resolves while they go on. */
  readonly ended: Promise<[WorkerSummary, TrainerSummary]>;
}

export function startRoles(config: Config): GoingRoles {
  const controller = new AbortController();
  const roles: { progress: Progress | undefined } = { progress: undefined };
  const deps = {
    signal: controller.signal,
    clock: { now: Date.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
  };
  const ended = Promise.all([
    runWorkerFromConfig(config, {
      ...deps,
      progress: (progress) => {
        roles.progress = progress;
      },
    }),
    runTrainerFromConfig(config, { ...deps, progress: () => undefined }),
  ]);
  ended.catch(() => {}); // whoever waits for it hears of it
  return {
    get progress() {
      return roles.progress;
    },
    stop() {
      controller.abort();
      return ended;
    },
    ended,
  };
}

/**
 * What an uninterrupted run on a file makes of the same records. What is in a window is the same whatever `model` trains;
 * only what the last model says of windows from before the first one comes as revisions.
 */
export async function assignmentsOfFile(
  records: readonly UsageRecord[],
  model: Section = UNTRAINED,
): Promise<AssignmentRecord[]> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-file-'));
  const path = join(folder, 'events.ndjson');
  await writeFile(path, Buffer.concat(records.flatMap(({ value }) => [value, LINE_FEED])));
  const output = { path: join(folder, 'out') };
  await startRun(toConfig(pipelineConfig({ paths: [path] }, output, { model }))).ended;
  const lines = await readFile(join(output.path, 'assignments.ndjson'), 'utf8');
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** One model, at the end of the input. */
const UNTRAINED: Section = { firstFit: 1_000_000, reservoir: 100 };

const LINE_FEED = Buffer.from('\n');

/** What one window is, by whatever model it was assigned: its key and its content. */
export function contentOf(record: AssignmentRecord): [key: string, content: string] {
  const { customerId, windowStart, windowEnd, revision, final, observedSteps, inactive } = record;
  return [`${customerId}/${windowStart}/${revision}`, JSON.stringify({ windowEnd, final, observedSteps, inactive })];
}

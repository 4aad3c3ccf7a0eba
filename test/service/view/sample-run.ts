import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OUTPUTS } from '../../../src/publish/output.js';

/** An output folder of a run, made by hand. */
export interface SampleRun {
  readonly folder: string;
  append(output: string, ...records: readonly object[]): Promise<void>;
  /** Replaces a whole file. */
  replace(output: string, ...records: readonly object[]): Promise<void>;
  remove(): Promise<void>;
}

export async function createSampleRun(): Promise<SampleRun> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-view-'));
  const pathOf = (output: string): string => join(folder, `${output}.ndjson`);
  const linesOf = (records: readonly object[]): string => records.map((one) => `${JSON.stringify(one)}\n`).join('');
  for (const { name } of OUTPUTS) await writeFile(pathOf(name), '');
  // What marks a folder as that of a run that goes on.
  await mkdir(join(folder, 'checkpoints'));
  await writeFile(join(folder, 'checkpoints', 'run.json'), '{}');
  await writeFile(join(folder, 'checkpoints', '1'), '');
  return {
    folder,
    append: (output, ...records) => appendFile(pathOf(output), linesOf(records)),
    replace: (output, ...records) => writeFile(pathOf(output), linesOf(records)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Ends of windows: days of January 2026. */
export function dayAt(day: number): number {
  return Date.UTC(2026, 0, day);
}

/** Of the day before `day`. */
export function assignment(customerId: string, day: number, segmentId: string | null, fields: object = {}): object {
  return {
    customerId,
    windowStart: dayAt(day - 1),
    windowEnd: dayAt(day),
    revision: 0,
    final: true,
    segmentId,
    previousSegmentId: null,
    distance: 0.5,
    margin: 0.25,
    confidence: 0.75,
    reconstructionError: 0.125,
    observedSteps: 24,
    inactive: false,
    status: segmentId === null ? 'warming' : 'assigned',
    modelVersion: segmentId === null ? null : 'v1-00000000',
    centroidEpoch: 0,
    emittedAt: dayAt(day),
    ...fields,
  };
}

export function transition(customerId: string, day: number, from: string, to: string, cause = 'behaviour'): object {
  return {
    customerId,
    windowStart: dayAt(day - 1),
    windowEnd: dayAt(day),
    from,
    to,
    cause,
    modelVersion: 'v1-00000000',
    previousModelVersion: 'v1-00000000',
    margin: 0.5,
    previousMargin: 0.25,
    emittedAt: dayAt(day),
  };
}

export function segment(segmentId: string, fields: object = {}): object {
  return {
    segmentId,
    modelVersion: 'v1-00000000',
    name: 'steady',
    advice: 'rule',
    size: 10,
    share: 0.5,
    level: 2,
    trend: 0,
    volatility: 0.5,
    seasonality: 0,
    inactiveShare: 0,
    prototype: [[1, 2, 3]],
    medoidCustomer: 'a',
    lineage: 'born',
    windowEnd: dayAt(2),
    reason: '',
    from: [],
    into: [],
    overlap: 0,
    history: [],
    seasonLag: 0,
    forecastability: 0.5,
    forecastSkill: 0,
    bandLow: [[0, 1, 2]],
    bandHigh: [[2, 3, 4]],
    decoded: null,
    medoidStart: dayAt(1),
    madeName: 'steady',
    ...fields,
  };
}

export function modelEvent(modelVersion: string, event: string, day: number): object {
  return {
    modelVersion,
    event,
    previousVersion: null,
    eventTime: dayAt(day),
    atWindow: 64,
    reasons: [],
    why: ['sound'],
  };
}

export function alert(customerId: string, day: number, fields: object = {}): object {
  return {
    alertId: `silence/${customerId}/${dayAt(day - 1)}`,
    kind: 'silence',
    severity: 'low',
    status: 'confirmed',
    customerId,
    segmentId: 's1',
    windowStart: dayAt(day - 1),
    windowEnd: dayAt(day),
    knownUntil: dayAt(day),
    score: 5,
    threshold: 4,
    cause: 'silence',
    explanation: { text: 'no usage for 9 steps', parts: [{ part: 'run', value: 9, usual: 2, score: 5 }], steps: [] },
    modelVersion: 'v1-00000000',
    centroidEpoch: 0,
    emittedAt: dayAt(day),
    ...fields,
  };
}

export function drift(subject: string, day: number, value: number): object {
  return {
    reportId: `d${day}`,
    layer: 'input',
    subject,
    statistic: 'psi',
    value,
    threshold: 0.2,
    pValue: null,
    drifted: value > 0.2,
    severity: value > 0.2 ? 'low' : 'none',
    rank: 1,
    since: null,
    referenceStart: dayAt(0),
    referenceEnd: dayAt(1),
    currentStart: dayAt(day - 1),
    currentEnd: dayAt(day),
    nReference: 100,
    nCurrent: 100,
    referenceModelVersion: 'v1-00000000',
    modelVersion: 'v1-00000000',
    action: 'none',
  };
}

export function embedding(customerId: string, day: number, vector: readonly number[]): object {
  return {
    customerId,
    windowStart: dayAt(day - 1),
    windowEnd: dayAt(day),
    revision: 0,
    final: true,
    modelVersion: 'v1-00000000',
    vector,
    alignedVector: null,
    alignedTo: null,
    alignmentResidual: null,
  };
}

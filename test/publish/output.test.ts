import { Ajv } from 'ajv';
import avro, { type Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/anomaly/alert.js';
import type { DriftReport } from '../../src/drift/drift-report.js';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import { toAssignmentRecords } from '../../src/publish/assignment-record.js';
import { createAvroEncoder } from '../../src/publish/avro-encoder.js';
import { toEmbeddingRecords } from '../../src/publish/embedding-record.js';
import { jsonSchemaOf } from '../../src/publish/json-schema-of.js';
import { toModelEvent } from '../../src/publish/model-event.js';
import {
  ALERTS,
  ASSIGNMENTS,
  DEAD_LETTERS,
  DRIFT,
  EMBEDDINGS,
  LATE,
  MODEL_EVENTS,
  OUTPUTS,
  type Output,
  SEGMENTS,
  TRANSITIONS,
} from '../../src/publish/output.js';
import { createSegmentMemory, toSegmentedWindows } from '../../src/publish/segment-memory.js';
import type { SegmentRecord } from '../../src/publish/segment-record.js';
import { toTransitionRecords } from '../../src/publish/transition-record.js';
import type { LateEvent } from '../../src/window/window-batch.js';
import { assignedWindows } from './assigned-windows.js';

const model = { modelVersion: 'm-1', segmentIds: ['a', 'b'] };
const assigned = assignedWindows(
  [
    { customer: 0, start: 0, nearest: 0, distance: 0.1, margin: 0.3, confidence: 0.7, error: 0.2 },
    { customer: 0, start: 1000, nearest: 1, distance: 0.1, margin: 0.3, confidence: 0.7 },
  ],
  model,
);
const drift: DriftReport = {
  reportId: 'r-1',
  layer: 'assignment',
  subject: 'all',
  statistic: 'psi',
  value: 0.3,
  threshold: 0.2,
  pValue: null,
  drifted: true,
  severity: 'medium',
  rank: 1,
  since: 4000,
  referenceStart: 0,
  referenceEnd: 1000,
  currentStart: 1000,
  currentEnd: 2000,
  nReference: 10,
  nCurrent: 12,
  referenceModelVersion: 'm-1',
  modelVersion: 'm-1',
  action: 'none',
};
const segment: SegmentRecord = {
  segmentId: 'a',
  modelVersion: 'm-1',
  name: 'steady weekdays',
  advice: 'rule',
  size: 12,
  share: 0.4,
  level: 3.5,
  trend: -0.1,
  volatility: 0.2,
  seasonality: 0.8,
  inactiveShare: 0.05,
  prototype: [
    [1, 2.5],
    [0, 1],
  ],
  medoidCustomer: 'N14228',
  lineage: 'same',
  windowEnd: 2000,
  reason: '50,000 windows',
  from: [{ segmentId: 'a', share: 1 }],
  into: [{ segmentId: 'a', share: 0.9 }],
  overlap: 0.9,
  history: [{ modelVersion: 'm-1', windowEnd: 2000, size: 12, share: 0.4 }],
  seasonLag: 7,
  forecastability: 0.5,
  forecastSkill: 0.1,
  bandLow: [
    [0, 1],
    [0, 0],
  ],
  bandHigh: [
    [2, 3],
    [1, 2],
  ],
  decoded: null,
  medoidStart: 1000,
  madeName: 'steady',
};
const alert: Alert = {
  alertId: 'anomaly/ü/0',
  kind: 'anomaly',
  severity: 'low',
  status: 'provisional',
  customerId: 'ü',
  segmentId: 'a',
  windowStart: 0,
  windowEnd: 1000,
  knownUntil: 500,
  score: 5.5,
  threshold: 4.8,
  cause: 'run',
  explanation: {
    text: 'usage was 9 a step',
    parts: [
      { part: 'run', value: 7.5, usual: 2, score: 4 },
      { part: 'windows', value: 2, usual: 0, score: null },
    ],
    steps: [{ channel: 'usage', first: 1, end: 3, from: 250, to: 750, expected: 1, seen: 9, deviation: 7.5 }],
  },
  modelVersion: 'm-1',
  centroidEpoch: 0,
  emittedAt: 500,
};
const late: LateEvent = {
  customerId: 'ü',
  eventTime: 5,
  values: [1.5, Number.NaN],
  watermark: 10,
  source: 'usage/0',
  row: 4,
  offset: 3,
};
const deadLetter: DeadLetter = {
  reason: 'not-finite',
  detail: '`minutes` is 1e400',
  source: 'usage/0',
  row: 5,
  offset: 4,
  bytes: Uint8Array.of(0, 255, 123),
  truncated: false,
};

const all: readonly [Output<never>, readonly unknown[]][] = [
  [
    ASSIGNMENTS,
    [...toAssignmentRecords(assigned, 9), ...toAssignmentRecords({ ...assigned, assignments: undefined }, 9)],
  ],
  [
    TRANSITIONS,
    toTransitionRecords(
      assigned.assignments,
      createSegmentMemory().observe(toSegmentedWindows(assigned.assignments)),
      9,
    ),
  ],
  [
    EMBEDDINGS,
    [
      ...toEmbeddingRecords(assigned.assignments.embeddings, 'm-1'),
      ...toEmbeddingRecords(assigned.assignments.embeddings, 'm-1', {
        to: 'm-0',
        residual: 0.5,
        map: { inputs: 1, outputs: 2, matrix: Float64Array.of(1, 0), offset: Float64Array.of(0.5, 2) },
      }),
    ],
  ],
  [
    SEGMENTS,
    [segment, { ...segment, medoidCustomer: null, medoidStart: null, decoded: [[0, null]], bandHigh: [[null, 1]] }],
  ],
  [DRIFT, [drift, { ...drift, pValue: 0.04, since: null }]],
  [ALERTS, [alert, { ...alert, kind: 'segment-size', customerId: null, modelVersion: null, centroidEpoch: null }]],
  [
    MODEL_EVENTS,
    [
      toModelEvent(
        {
          modelVersion: 'v2-0123abcd',
          event: 'refused',
          previousVersion: 'v1-0123abcd',
          eventTime: 5,
          atWindow: 600,
          reasons: ['600 windows since the last fit'],
          why: ['no gain'],
        },
        { churn: 0.125, silhouetteGain: -0.5, challengerReconstructionError: Number.NaN },
      ),
    ],
  ],
  [LATE, [late]],
  [DEAD_LETTERS, [deadLetter]],
];

describe.each(all)('output %#', (output, records) => {
  const type = avro.Type.forSchema(output.schema as unknown as Schema);
  const names = output.schema.fields.map((field) => field.name);

  it('has records to test with, each with the fields of its schema in their order', () => {
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) expect(Object.keys(JSON.parse(output.toJson(record as never)))).toEqual(names);
  });

  it('writes JSON that is a value of its Avro schema', () => {
    for (const record of records) {
      const value = JSON.parse(output.toJson(record as never));
      if (output.name === DEAD_LETTERS.name) value.bytes = Buffer.from(value.bytes, 'base64');
      expect(type.isValid(value, { noUndeclaredFields: true })).toBe(true);
    }
  });

  it('writes JSON that its JSON Schema describes, and no other', () => {
    const isDescribed = new Ajv({ strict: false }).compile(jsonSchemaOf(output.schema));
    for (const record of records) {
      const value = JSON.parse(output.toJson(record as never));
      isDescribed(value);
      expect(isDescribed.errors).toBeNull();
      for (const name of names) expect(isDescribed({ ...value, [name]: { no: 'value' } })).toBe(false);
      expect(isDescribed(Object.fromEntries(Object.entries(value).slice(1)))).toBe(false);
    }
  });

  it('reads back from Avro what it wrote', async () => {
    const encode = await createAvroEncoder(output);
    for (const record of records) {
      const read = type.fromBuffer(encode(record as never).subarray(10));
      expect(asFloats({ ...read })).toEqual(asFloats({ ...(output.toAvro(record as never) as object) }));
    }
  });

  it('documents the record and each field', () => {
    for (const doc of [output.schema.doc, ...output.schema.fields.map((field) => field.doc)])
      expect(doc).toMatch(/.\.$/);
  });
});

describe('outputs', () => {
  it('are all tested here, and have names and record names of their own', () => {
    expect(all.map(([output]) => output.name)).toEqual(OUTPUTS.map((output) => output.name));
    expect(new Set(OUTPUTS.map((output) => output.schema.name)).size).toBe(OUTPUTS.length);
  });

  it('write the bytes of a dead letter as base64 in JSON', () => {
    expect(JSON.parse(DEAD_LETTERS.toJson(deadLetter)).bytes).toBe('AP97');
  });

  it('key drift by layer, subject and statistic', () => {
    expect(DRIFT.key(drift)).toBe('assignment/all/psi');
  });
});

/** Avro's float keeps 24 bits, and the short decimals of the records name exactly those. */
function asFloats(record: Record<string, unknown>): Record<string, unknown> {
  const short = ['distance', 'margin', 'confidence', 'reconstructionError', 'previousMargin'];
  for (const name of short) if (typeof record[name] === 'number') record[name] = Math.fround(record[name]);
  return record;
}

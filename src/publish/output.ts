import type { Alert } from '../anomaly/alert.js';
import type { DriftReport } from '../drift/drift-report.js';
import type { DeadLetter } from '../ingest/dead-letter.js';
import type { LateEvent } from '../window/window-batch.js';
import type { AssignmentRecord } from './assignment-record.js';
import type { EmbeddingRecord } from './embedding-record.js';
import type { ModelEventRecord } from './model-event.js';
import { ALERT_SCHEMA } from './schemas/alert.js';
import { ASSIGNMENT_SCHEMA } from './schemas/assignment.js';
import { DEAD_LETTER_SCHEMA } from './schemas/dead-letter.js';
import { DRIFT_SCHEMA } from './schemas/drift.js';
import { EMBEDDING_SCHEMA } from './schemas/embedding.js';
import { LATE_SCHEMA } from './schemas/late.js';
import { MODEL_EVENT_SCHEMA } from './schemas/model-event.js';
import type { RecordSchema } from './schemas/record-schema.js';
import { SEGMENT_SCHEMA } from './schemas/segment.js';
import { TRANSITION_SCHEMA } from './schemas/transition.js';
import type { SegmentRecord } from './segment-record.js';
import type { TransitionRecord } from './transition-record.js';

/** One kind of record that leaves: its name, its schema, its key and how it is written. */
export interface Output<T> {
  /** Name of the file (`name.ndjson`) and of the topic (after the prefix). */
  readonly name: string;
  readonly schema: RecordSchema;
  /** Key of a record in Kafka: records of one key stay in order, and a compacted topic keeps the last of each. */
  key(record: T): string;
  /** The record as one line of JSON, without a line feed. */
  toJson(record: T): string;
  /** The record as a value of `schema`, for avsc. */
  toAvro(record: T): unknown;
  /** Headers of a record in Kafka, for readers who sort records without reading them. @default none */
  headers?(record: T): Readonly<Record<string, string>>;
}

export const ASSIGNMENTS: Output<AssignmentRecord> = {
  name: 'assignments',
  schema: ASSIGNMENT_SCHEMA,
  key: (record) => record.customerId,
  toJson: asJson,
  toAvro: itself,
};

export const TRANSITIONS: Output<TransitionRecord> = {
  name: 'transitions',
  schema: TRANSITION_SCHEMA,
  key: (record) => record.customerId,
  toJson: asJson,
  toAvro: itself,
};

export const EMBEDDINGS: Output<EmbeddingRecord> = {
  name: 'embeddings',
  schema: EMBEDDING_SCHEMA,
  key: (record) => record.customerId,
  toJson: asJson,
  toAvro: itself,
};

export const SEGMENTS: Output<SegmentRecord> = {
  name: 'segments',
  schema: SEGMENT_SCHEMA,
  key: (record) => record.segmentId,
  toJson: asJson,
  toAvro: itself,
};

export const DRIFT: Output<DriftReport> = {
  name: 'drift',
  schema: DRIFT_SCHEMA,
  key: (report) => `${report.layer}/${report.subject}/${report.statistic}`,
  toJson: asJson,
  toAvro: itself,
};

export const ALERTS: Output<Alert> = {
  name: 'alerts',
  schema: ALERT_SCHEMA,
  key: ({ customerId, segmentId }) => customerId ?? segmentId ?? '',
  toJson: asJson,
  toAvro: itself,
};

export const MODEL_EVENTS: Output<ModelEventRecord> = {
  name: 'model-events',
  schema: MODEL_EVENT_SCHEMA,
  key: (record) => record.modelVersion,
  toJson: asJson,
  toAvro: itself,
};

export const LATE: Output<LateEvent> = {
  name: 'late',
  schema: LATE_SCHEMA,
  key: (event) => event.customerId,
  toJson: asJson,
  // NaN marks a channel that the event does not observe; JSON writes it as null by itself.
  toAvro: (event) => ({ ...event, values: event.values.map((value) => (Number.isFinite(value) ? value : null)) }),
};

export const DEAD_LETTERS: Output<DeadLetter> = {
  name: 'dead-letters',
  schema: DEAD_LETTER_SCHEMA,
  key: (letter) => letter.source,
  toJson: (letter) => JSON.stringify({ ...letter, bytes: asBuffer(letter.bytes).toString('base64') }),
  toAvro: (letter) => ({ ...letter, bytes: asBuffer(letter.bytes) }),
  headers: ({ reason, detail, source, offset }) => ({
    'segtide-reason': reason,
    'segtide-detail': detail,
    'segtide-source': source,
    'segtide-offset': String(offset),
  }),
};

/** Every output, in the order of the pipeline. */
export const OUTPUTS = [
  ASSIGNMENTS,
  TRANSITIONS,
  EMBEDDINGS,
  SEGMENTS,
  DRIFT,
  ALERTS,
  MODEL_EVENTS,
  LATE,
  DEAD_LETTERS,
] as const;

function asJson(record: object): string {
  return JSON.stringify(record);
}

function itself<T>(record: T): T {
  return record;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

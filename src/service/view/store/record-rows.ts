import type { JSValue } from 'node-sqlite3-wasm';
import type { Alert } from '../../../anomaly/alert.js';
import type { DriftReport } from '../../../drift/drift-report.js';
import type { AssignmentRecord } from '../../../publish/assignment-record.js';
import type { ModelEventRecord } from '../../../publish/model-event.js';
import type { SegmentRecord } from '../../../publish/segment-record.js';
import type { TransitionRecord } from '../../../publish/transition-record.js';

/** How records of one output become rows of one table. */
export interface RecordRows<T> {
  readonly table: string;
  readonly columns: readonly string[];
  /** What a row does whose key is there. */
  readonly conflict: string;
  readonly toRow: (record: T) => readonly JSValue[];
}

export const ASSIGNMENT_ROWS: RecordRows<AssignmentRecord> = {
  table: 'assignments',
  columns: [
    'customerId',
    'windowStart',
    'windowEnd',
    'revision',
    'final',
    'segmentId',
    'margin',
    'distance',
    'confidence',
    'reconstructionError',
    'observedSteps',
    'inactive',
    'status',
    'modelVersion',
  ],
  // A provisional result gives way to a final one, and that to its revisions.
  conflict: `on conflict (customerId, windowStart) do update set windowEnd = excluded.windowEnd,
    revision = excluded.revision, final = excluded.final, segmentId = excluded.segmentId, margin = excluded.margin,
    distance = excluded.distance, confidence = excluded.confidence, reconstructionError = excluded.reconstructionError,
    observedSteps = excluded.observedSteps, inactive = excluded.inactive, status = excluded.status,
    modelVersion = excluded.modelVersion where excluded.revision >= revision`,
  toRow: (r) => [
    r.customerId,
    r.windowStart,
    r.windowEnd,
    r.revision,
    r.final ? 1 : 0,
    r.segmentId,
    r.margin,
    r.distance,
    r.confidence,
    r.reconstructionError,
    r.observedSteps,
    r.inactive ? 1 : 0,
    r.status,
    r.modelVersion,
  ],
};

export const CUSTOMER_ROWS: RecordRows<AssignmentRecord> = {
  table: 'customers',
  columns: ['customerId', 'segmentId', 'windowStart', 'windowEnd'],
  conflict: `on conflict (customerId) do update set segmentId = excluded.segmentId, windowStart = excluded.windowStart,
    windowEnd = excluded.windowEnd where excluded.windowEnd >= windowEnd`,
  toRow: (r) => [r.customerId, r.segmentId, r.windowStart, r.windowEnd],
};

export const TRANSITION_ROWS: RecordRows<TransitionRecord> = {
  table: 'transitions',
  columns: [
    'customerId',
    'windowStart',
    'windowEnd',
    'from',
    'to',
    'cause',
    'modelVersion',
    'previousModelVersion',
    'margin',
    'previousMargin',
  ],
  conflict: 'on conflict (customerId, windowStart) do nothing',
  toRow: (r) => [
    r.customerId,
    r.windowStart,
    r.windowEnd,
    r.from,
    r.to,
    r.cause,
    r.modelVersion,
    r.previousModelVersion,
    r.margin,
    r.previousMargin,
  ],
};

export const SEGMENT_ROWS: RecordRows<SegmentRecord> = {
  table: 'segments',
  columns: ['segmentId', 'modelVersion', 'windowEnd', 'record'],
  conflict:
    'on conflict (segmentId, modelVersion) do update set windowEnd = excluded.windowEnd, record = excluded.record',
  toRow: (r) => [r.segmentId, r.modelVersion, r.windowEnd, JSON.stringify(r)],
};

export const DRIFT_ROWS: RecordRows<DriftReport> = {
  table: 'drift',
  columns: ['layer', 'subject', 'statistic', 'value', 'threshold', 'drifted', 'currentEnd', 'record'],
  conflict: `on conflict (layer, subject, statistic, currentEnd) do update set value = excluded.value,
    threshold = excluded.threshold, drifted = excluded.drifted, record = excluded.record`,
  toRow: (r) => [
    r.layer,
    r.subject,
    r.statistic,
    r.value,
    r.threshold,
    r.drifted ? 1 : 0,
    r.currentEnd,
    JSON.stringify(r),
  ],
};

export const ALERT_ROWS: RecordRows<Alert> = {
  table: 'alerts',
  columns: ['alertId', 'kind', 'severity', 'status', 'customerId', 'segmentId', 'windowEnd', 'record'],
  conflict: `on conflict (alertId) do update set severity = excluded.severity, status = excluded.status,
    segmentId = excluded.segmentId, record = excluded.record`,
  toRow: (r) => [r.alertId, r.kind, r.severity, r.status, r.customerId, r.segmentId, r.windowEnd, JSON.stringify(r)],
};

export const MODEL_EVENT_ROWS: RecordRows<ModelEventRecord> = {
  table: 'modelEvents',
  columns: ['modelVersion', 'event', 'eventTime', 'record'],
  conflict: 'on conflict (modelVersion, event, eventTime) do update set record = excluded.record',
  toRow: (r) => [r.modelVersion, r.event, r.eventTime, JSON.stringify(r)],
};

import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import type { AssignedWindows } from '../../src/publish/assignment-record.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** One window and what became of it; what is left out is of no interest to the test. */
export interface AssignedWindow {
  readonly customer: number;
  readonly customerId?: string;
  readonly start?: number;
  readonly revision?: number;
  readonly final?: boolean;
  readonly nearest?: number;
  readonly distance?: number;
  readonly margin?: number;
  readonly confidence?: number;
  readonly error?: number;
  readonly observedSteps?: number;
  readonly inactive?: boolean;
}

export interface ModelOfTest {
  readonly modelVersion: string;
  readonly segmentIds: readonly string[];
  readonly centroidEpoch?: number;
  readonly born?: readonly string[];
}

/** Columns as the stages make them, from rows that a test can write by hand. */
export function assignedWindows(
  rows: readonly AssignedWindow[],
  model: ModelOfTest,
): AssignedWindows & { assignments: AssignmentBatch } {
  const ids = new Map(rows.map((row) => [row.customer, row.customerId ?? `customer-${row.customer}`]));
  const length = rows.length;
  const windows: WindowBatch = {
    length,
    steps: 1,
    channels: 1,
    customers: Uint32Array.from(rows, (row) => row.customer),
    ids: { text: (slot) => ids.get(slot)! },
    starts: Float64Array.from(rows, (row) => row.start ?? 0),
    ends: Float64Array.from(rows, (row) => (row.start ?? 0) + 1000),
    revisions: Uint16Array.from(rows, (row) => row.revision ?? 0),
    finals: Uint8Array.from(rows, (row) => (row.final === false ? 0 : 1)),
    evicted: new Uint8Array(length),
    values: new Float32Array(length),
    mask: new Uint8Array(length),
    observedSteps: Uint16Array.from(rows, (row) => row.observedSteps ?? 1),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
  };
  const series: SeriesBatch = {
    windows,
    length,
    steps: 1,
    channels: 1,
    values: windows.values,
    mask: windows.mask,
    inactive: Uint8Array.from(rows, (row) => (row.inactive === true ? 1 : 0)),
    centers: new Float32Array(length),
    scales: new Float32Array(length),
  };
  const k = model.segmentIds.length;
  const assignments: AssignmentBatch = {
    embeddings: {
      series,
      length,
      embeddingSize: 1,
      embeddings: new Float32Array(length),
      latents: undefined,
      reconstructionErrors: rows.some((row) => row.error !== undefined)
        ? Float32Array.from(rows, (row) => row.error ?? Number.NaN)
        : undefined,
    },
    points: new Float32Array(length),
    model: { centroidEpoch: 0, ...model, k, size: 1, centroids: new Float32Array(k), weights: new Float64Array(k) },
    length,
    nearest: Uint16Array.from(rows, (row) => row.nearest ?? 0),
    distances: Float32Array.from(rows, (row) => row.distance ?? 0),
    margins: Float32Array.from(rows, (row) => row.margin ?? 0),
    confidences: Float32Array.from(rows, (row) => row.confidence ?? 1),
  };
  return { series, assignments, previousSegmentIds: undefined };
}

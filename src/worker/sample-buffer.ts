import { SegtideError } from '../errors.js';
import type { SampleRecord } from '../train/model-record.js';
import { toWindowBatch, type WindowColumns } from '../train/window-columns.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Rows of windows that teach, copied out of the pages that they came in. */
export interface SampleBuffer {
  readonly length: number;
  /**
   * Copies one row.
   *
   * @param weight how much it counts where windows are sampled
   */
  add(windows: WindowBatch, row: number, weight: number): void;
  /** What was collected, in the order of adding, with buffers of its own; the buffer is empty after it. */
  take(): Required<Pick<SampleRecord, 'windows' | 'weights'>>;
  snapshot(): SampleBufferSnapshot;
}

export interface SampleBufferSnapshot extends Omit<WindowColumns, 'steps' | 'channels'> {
  readonly formatVersion: 2;
  readonly weights: Float64Array; // (rows)
}

/**
 * @param capacity most rows that are added between two calls of `take`
 * @throws SegtideError `state` when the snapshot has another format
 */
export function createSampleBuffer(
  capacity: number,
  steps: number,
  channels: number,
  snapshot?: SampleBufferSnapshot,
): SampleBuffer {
  const cells = steps * channels;
  let customers: string[] = [];
  let columns = newColumns(capacity, cells);
  if (snapshot !== undefined) {
    refuseOther(snapshot);
    customers = [...snapshot.customers];
    for (const name of COLUMNS) columns[name].set(snapshot[name]);
  }

  const trimmed = (): SampleBufferSnapshot => {
    const rows = customers.length;
    return {
      formatVersion: 2,
      customers: [...customers],
      starts: columns.starts.slice(0, rows),
      ends: columns.ends.slice(0, rows),
      observedSteps: columns.observedSteps.slice(0, rows),
      values: columns.values.slice(0, rows * cells),
      mask: columns.mask.slice(0, rows * cells),
      weights: columns.weights.slice(0, rows),
    };
  };

  return {
    get length() {
      return customers.length;
    },
    add(windows, row, weight) {
      const at = customers.length;
      customers.push(windows.ids.text(windows.customers[row]!));
      columns.starts[at] = windows.starts[row]!;
      columns.ends[at] = windows.ends[row]!;
      columns.observedSteps[at] = windows.observedSteps[row]!;
      columns.weights[at] = weight;
      columns.values.set(windows.values.subarray(row * cells, (row + 1) * cells), at * cells);
      columns.mask.set(windows.mask.subarray(row * cells, (row + 1) * cells), at * cells);
    },
    take() {
      const rows = trimmed();
      customers = [];
      columns = newColumns(capacity, cells);
      return { windows: toWindowBatch({ steps, channels, ...rows }), weights: rows.weights };
    },
    snapshot: trimmed,
  };
}

const COLUMNS = ['starts', 'ends', 'observedSteps', 'values', 'mask', 'weights'] as const;

function newColumns(capacity: number, cells: number) {
  return {
    starts: new Float64Array(capacity),
    ends: new Float64Array(capacity),
    observedSteps: new Uint16Array(capacity),
    values: new Float32Array(capacity * cells),
    mask: new Uint8Array(capacity * cells),
    weights: new Float64Array(capacity),
  };
}

function refuseOther({ formatVersion }: SampleBufferSnapshot): void {
  if (formatVersion === 2) return;
  throw new SegtideError(
    'state',
    `The snapshot of sampled windows has format ${String(formatVersion)}; this version reads format 2, which holds the weight of each. Begin anew, or go on with the version that wrote it.`,
  );
}

import { customersOf } from '../../src/train/window-rows.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** One window as tests write it; what is left out is of no interest. */
export interface TestWindow {
  readonly customer: string;
  readonly start?: number;
  readonly values?: readonly number[];
  readonly revision?: number;
  readonly final?: boolean;
  readonly evicted?: boolean;
}

/** Windows of 2 steps and one channel, an hour long. */
export function windowBatch(rows: readonly TestWindow[], fields: Partial<WindowBatch> = {}): WindowBatch {
  const length = rows.length;
  return {
    length,
    steps: 2,
    channels: 1,
    ...customersOf(rows.map(({ customer }) => customer)),
    starts: Float64Array.from(rows, (row) => row.start ?? 0),
    ends: Float64Array.from(rows, (row) => (row.start ?? 0) + 3_600_000),
    revisions: Uint16Array.from(rows, (row) => row.revision ?? 0),
    finals: Uint8Array.from(rows, (row) => (row.final === false ? 0 : 1)),
    evicted: Uint8Array.from(rows, (row) => (row.evicted === true ? 1 : 0)),
    values: Float32Array.from(rows.flatMap((row) => [...(row.values ?? [1, 2])])),
    mask: new Uint8Array(2 * length),
    observedSteps: new Uint16Array(length).fill(2),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
    ...fields,
  };
}

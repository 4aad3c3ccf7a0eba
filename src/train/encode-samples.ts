import { frameSnapshot, unframeSnapshot } from '../numeric/framed-snapshot.js';
import { sliceWindows } from '../window/slice-windows.js';
import type { SampleRecord } from './model-record.js';
import { toWindowBatch, toWindowColumns, type WindowColumns } from './window-columns.js';

/**
 * Packs sampled windows for the topic of samples: as many records as it takes for each to stay below what a broker
 * takes by default.
 */
export function encodeSamples({ partition, sequence, windows, weights }: SampleRecord): readonly Buffer[] {
  const rows = Math.max(1, Math.floor(MOST_BYTES / (5 * windows.steps * windows.channels + WINDOW_BYTES)));
  const frames: Buffer[] = [];
  for (let at = 0; at < windows.length; at += rows) {
    const end = Math.min(windows.length, at + rows);
    const columns = toWindowColumns(sliceWindows(windows, at, end));
    frames.push(frameSnapshot(KIND, { partition, sequence, columns, weights: weights?.subarray(at, end) ?? null }));
  }
  return frames;
}

/**
 * Unpacks one record of what `encodeSamples` packed.
 *
 * @throws SegtideError `state` when the bytes are damaged, of another kind or of another format
 */
export function decodeSamples(bytes: Uint8Array): SampleRecord {
  const { partition, sequence, columns, weights } = unframeSnapshot(KIND, bytes) as PackedSamples;
  return { partition, sequence, windows: toWindowBatch(columns), weights: weights ?? undefined };
}

interface PackedSamples {
  readonly partition: number;
  readonly sequence: number;
  readonly columns: WindowColumns;
  readonly weights: Float64Array | null;
}

const KIND = { name: 'samples', format: 2 };
/** Of a record; brokers take 1 MiB by default. */
const MOST_BYTES = 768 * 1024;
/** What a window takes beside its cells, with an id of some length. */
const WINDOW_BYTES = 128;

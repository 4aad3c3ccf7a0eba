import type { UsageBatch } from '../../ingest/usage-batch.js';

/** The numeric columns of a usage batch, as views on one shared buffer. */
export interface SharedColumns {
  readonly eventTimes: Float64Array; // (length)
  readonly rows: Float64Array; // (length)
  readonly offsets: Float64Array; // (length)
  readonly values: Float64Array; // (length, channels)
  readonly idStarts: Uint32Array; // (length)
  readonly idEnds: Uint32Array; // (length)
  readonly idHashes: Int32Array; // (length)
  readonly eventIds: Uint32Array | undefined; // (length, 4)
  readonly labels: Int32Array | undefined; // (length)
}

/** What both threads must agree on to find the columns. */
export interface ColumnsShape {
  readonly length: number;
  readonly channels: number;
  readonly hasEventIds: boolean;
  readonly hasLabels: boolean;
}

/** Shape of the columns of a parser. */
export function shapeOf({ length, channels, eventIds, labels }: UsageBatch): ColumnsShape {
  return { length, channels, hasEventIds: eventIds !== undefined, hasLabels: labels !== undefined };
}

/** Bytes that the columns take. */
export function columnsSize({ length, channels, hasEventIds, hasLabels }: ColumnsShape): number {
  return length * (8 * (3 + channels) + 4 * (3 + (hasEventIds ? 4 : 0) + (hasLabels ? 1 : 0)));
}

/** Lays the columns over a buffer of at least `columnsSize` bytes: 8-byte columns first, so that all are aligned. */
export function toColumns(buffer: SharedArrayBuffer, shape: ColumnsShape): SharedColumns {
  const { length, channels } = shape;
  const words = 8 * length * (3 + channels);
  const labels = words + 4 * length * (shape.hasEventIds ? 7 : 3);
  return {
    eventTimes: new Float64Array(buffer, 0, length),
    rows: new Float64Array(buffer, 8 * length, length),
    offsets: new Float64Array(buffer, 16 * length, length),
    values: new Float64Array(buffer, 24 * length, length * channels),
    idStarts: new Uint32Array(buffer, words, length),
    idEnds: new Uint32Array(buffer, words + 4 * length, length),
    idHashes: new Int32Array(buffer, words + 8 * length, length),
    eventIds: shape.hasEventIds ? new Uint32Array(buffer, words + 12 * length, 4 * length) : undefined,
    labels: shape.hasLabels ? new Int32Array(buffer, labels, length) : undefined,
  };
}

/** Copies a parser's columns into a shared buffer, a new and wider one where `buffer` is too small. */
export function shareColumns(batch: UsageBatch, buffer: SharedArrayBuffer | undefined): SharedArrayBuffer {
  const { length, channels } = batch;
  const shape = shapeOf(batch);
  const size = columnsSize(shape);
  const shared =
    buffer !== undefined && buffer.byteLength >= size ? buffer : new SharedArrayBuffer(Math.ceil(size * 1.25));
  const columns = toColumns(shared, shape);
  columns.eventTimes.set(batch.eventTimes.subarray(0, length));
  columns.rows.set(batch.rows.subarray(0, length));
  columns.offsets.set(batch.offsets.subarray(0, length));
  columns.values.set(batch.values.subarray(0, length * channels));
  columns.idStarts.set(batch.idStarts.subarray(0, length));
  columns.idEnds.set(batch.idEnds.subarray(0, length));
  columns.idHashes.set(batch.idHashes.subarray(0, length));
  if (batch.eventIds !== undefined) columns.eventIds!.set(batch.eventIds.subarray(0, 4 * length));
  if (batch.labels !== undefined) columns.labels!.set(batch.labels.subarray(0, length));
  return shared;
}

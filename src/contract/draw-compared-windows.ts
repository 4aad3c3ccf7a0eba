import { addToHistogram, createHistogram, type Histogram } from '../numeric/histogram.js';
import { createRandom } from '../numeric/random.js';
import type { ComparedWindows, EmbeddingRows } from '../plugin/drift-statistic-plugin.js';
import { toValueHistograms } from '../plugin/to-value-histograms.js';

/** What windows are drawn like; those of one seed are the same each time. */
export interface DrawnWindows {
  readonly seed: number;
  /** @default 600 */
  readonly windows?: number;
  /** @default 3 */
  readonly segments?: number;
  /** Segments that windows fall into, of those. @default all */
  readonly filled?: number;
  /** Whether they have embeddings. @default true */
  readonly isEmbedded?: boolean;
  /** Whether the encoder reconstructs. @default true */
  readonly isReconstructed?: boolean;
}

export interface DrawnShape {
  readonly size: number;
  readonly channels: number;
}

const DAY = 86_400_000;
const QUARTERS = 4;
const MOST_ROWS = 256;
const DEVIATION = 1.5;

/** Windows in groups that lie some deviations from each other, as both sides of a round; the groups are the same. */
export function drawComparedWindows(
  reference: DrawnWindows,
  current: DrawnWindows,
  shape: DrawnShape,
): readonly [ComparedWindows, ComparedWindows] {
  const sides = [draw(reference, shape), draw(current, shape)] as const;
  const [a, b] = sides;
  const values = a.cells.map((histogram, i) => toValueHistograms(histogram, b.cells[i]!));
  const coordinates = a.coordinates.map((histogram, i) => toValueHistograms(histogram, b.coordinates[i]!));
  const distances = toValueHistograms(a.distances, b.distances);
  const errors = toValueHistograms(a.errors, b.errors);
  const toSide = (side: 0 | 1): ComparedWindows => ({
    ...sides[side].told,
    start: 10 * side * DAY,
    end: 10 * (side + 1) * DAY,
    values: values.map((pair) => pair[side]),
    coordinates: coordinates.map((pair) => pair[side]),
    distances: distances[side],
    reconstructionErrors: errors[side],
  });
  return [toSide(0), toSide(1)];
}

function draw(drawn: DrawnWindows, { size, channels }: DrawnShape) {
  const { seed, windows = 600, segments = 3, filled = segments, isEmbedded = true, isReconstructed = true } = drawn;
  const random = createRandom(seed);
  const cells = Array.from({ length: channels * QUARTERS }, createHistogram);
  for (let i = 0; i < windows; i++)
    for (const cell of cells) addToHistogram(cell, Math.max(0, 10 + 4 * random.normal()));

  const rows: number[][] = [];
  const [centroids, columns] = [new Float32Array(segments * size), size + 2];
  for (let j = 0; j < segments; j++) centroids[j * size + (j % size)] = 6 * (j + 1);
  for (let i = 0; isEmbedded && i < windows; i++) {
    const offsets = Array.from({ length: size }, () => DEVIATION * random.normal());
    const error = isReconstructed ? 0.2 + 0.1 * random.next() : 0;
    rows.push([
      ...offsets.map((offset, m) => centroids[(i % filled) * size + m]! + offset),
      Math.hypot(...offsets),
      error,
    ]);
  }
  const histogramOf = (column: number): Histogram => {
    const histogram = createHistogram();
    for (const row of rows) addToHistogram(histogram, row[column]!);
    return histogram;
  };
  const bySegment = Array.from({ length: segments }, (_, j) => rows.filter((_, i) => i % filled === j));
  const moments = bySegment.flatMap((own) => Array.from({ length: columns }, (_, c) => momentsOf(own, c)));
  return {
    cells,
    coordinates: Array.from({ length: size }, (_, m) => histogramOf(m)),
    distances: histogramOf(size),
    errors: isReconstructed ? histogramOf(size + 1) : createHistogram(),
    told: {
      ...{ modelVersion: 'v1', windows, size, centroids },
      channelNames: Array.from({ length: channels }, (_, i) => `channel${i}`),
      segmentIds: Array.from({ length: segments }, (_, j) => `s${j + 1}`),
      segmentCounts: Float64Array.from(bySegment, (own) => own.length),
      returning: Math.floor(rows.length / 2),
      moved: Math.floor(rows.length / 20),
      segmentMeans: Float64Array.from(moments, ([mean]) => mean),
      segmentVariances: Float64Array.from(moments, ([, variance]) => variance),
      sample: sampleOf(rows.slice(0, MOST_ROWS), size, filled),
    },
  };
}

/** Mean and variance of a column; NaN without rows. */
function momentsOf(rows: readonly (readonly number[])[], column: number): readonly [number, number] {
  const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
  return [mean, rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) / rows.length];
}

function sampleOf(rows: readonly (readonly number[])[], size: number, filled: number): EmbeddingRows {
  return {
    length: rows.length,
    values: Float32Array.from(rows.flatMap((row) => row.slice(0, size))),
    segments: Uint16Array.from(rows.keys(), (i) => i % filled),
  };
}

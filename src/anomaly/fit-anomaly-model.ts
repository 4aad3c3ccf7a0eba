import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { isInformative } from '../window/is-informative.js';
import { MASK_ABSENT } from '../window/window-batch.js';
import { ANOMALY_PARTS, type AnomalyModel, type AnomalyPart, type Usual } from './anomaly-model.js';
import { createExpectedCurve, type ExpectedCurve, type References } from './expected-curve.js';
import { fitIsolationForest } from './isolation-forest.js';
import { createPartMeter, type PartMeter } from './part-meter.js';
import { createRarity } from './rarity.js';
import { toCourses } from './segment-courses.js';
import { segmentsBefore } from './segments-before.js';
import { toDigest } from './t-digest.js';

export interface FitAnomalyOptions {
  /** Rows that the encoder was fitted to: they give what is expected. */
  readonly trainRows: Uint32Array;
  /** Rows that nothing was fitted to: they tell what is usual. */
  readonly heldOutRows: Uint32Array;
  /** Any integer. */
  readonly seed: number;
}

/** References at most, and numbers of all of them. */
const MOST_REFERENCES = 512;
const MOST_CELLS = 1 << 17;
/** Rows that the forest draws from, and rows that what is usual is measured on, at most. */
const MOST_TRAINED = 4096;
const MOST_MEASURED = 4096;
/** Fewer held-out windows tell nothing of what is rare. */
const LEAST_MEASURED = 50;
/** Of a window whose customer is new, the segment says less: its course is nearly that of the nearest windows. */
const WITHOUT_HISTORY: readonly AnomalyPart[] = ANOMALY_PARTS.filter((part) => part !== 'course');
/** Of a window that is not known to its end, views and latents say little. */
const WITHOUT_ENCODER: readonly AnomalyPart[] = ['isolation', 'nearest', 'run', 'course'];

/**
 * Fits what tells usual windows from others. Windows without any usage are left out: silence has a rule of its own.
 *
 * @returns undefined where there are too few windows to tell what is usual
 */
export function fitAnomalyModel(
  assignments: AssignmentBatch,
  { trainRows, heldOutRows, seed }: FitAnomalyOptions,
): AnomalyModel | undefined {
  const { series } = assignments.embeddings;
  const cells = series.steps * series.channels;
  const random = createRandom(seed ^ 0x1b873593);
  const isActive = (row: number): boolean => series.inactive[row] === 0 && Number.isFinite(assignments.distances[row]);
  const trained = sample(trainRows.filter(isActive), MOST_TRAINED, random);
  const measured = sample(heldOutRows.filter(isActive), MOST_MEASURED, random);
  const most = Math.min(MOST_REFERENCES, Math.max(1, Math.floor(MOST_CELLS / cells)));
  if (trained.length < LEAST_MEASURED || measured.length < LEAST_MEASURED) return undefined;

  const references = toReferences(assignments, sample(trained, most, random));
  const curve = createExpectedCurve(references);
  const spreads = measureSpreads(curve, assignments, measured);
  const points = fillGaps(curve, assignments, trained);
  const forest = fitIsolationForest(points, trained.length, cells, random);
  const { courses, courseSpreads } = toCourses(references, assignments, trained);
  const base = { references, spreads, forest, courses, courseSpreads };
  const meter = createPartMeter(base);
  const before = segmentsBefore(assignments, [trainRows, heldOutRows]);
  const known = measured.filter((row) => before(row) !== undefined);
  const own = (row: number): number => assignments.nearest[row]!;
  const cut = cutShort(assignments, measured, random);
  return {
    ...base,
    whole: measureUsual(meter, assignments, measured, own, WITHOUT_HISTORY),
    known:
      known.length < LEAST_MEASURED
        ? undefined
        : measureUsual(meter, assignments, known, (row) => before(row)!, ANOMALY_PARTS),
    partial: measureUsual(
      meter,
      cut,
      firstRows(measured.length),
      (i) => before(measured[i]!) ?? own(measured[i]!),
      WITHOUT_ENCODER,
    ),
  };
}

/** Rows without gaps: a cell that a window does not know is the mean of those who know it. */
function toReferences({ embeddings: { series } }: AssignmentBatch, rows: Uint32Array): References {
  const cells = series.steps * series.channels;
  const values = new Float32Array(rows.length * cells);
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    let known = 0;
    for (const row of rows) {
      if (!isInformative(series.mask[row * cells + cell]!)) continue;
      sum += series.values[row * cells + cell]!;
      known++;
    }
    const mean = known === 0 ? 0 : sum / known;
    for (const [i, row] of rows.entries()) {
      const at = row * cells + cell;
      values[i * cells + cell] = isInformative(series.mask[at]!) ? series.values[at]! : mean;
    }
  }
  return { length: rows.length, cells, values };
}

/** Rows without gaps: what a window does not know is as expected. */
function fillGaps(curve: ExpectedCurve, { embeddings: { series } }: AssignmentBatch, rows: Uint32Array): Float32Array {
  const cells = curve.values.length;
  const filled = new Float32Array(rows.length * cells);
  for (const [i, row] of rows.entries()) {
    const own = series.values.subarray(row * cells, (row + 1) * cells);
    filled.set(own, i * cells);
    const mask = series.mask.subarray(row * cells, (row + 1) * cells);
    if (mask.every(isInformative)) continue;
    curve.take(series.values, series.mask, row * cells);
    for (let cell = 0; cell < cells; cell++) {
      if (!isInformative(mask[cell]!)) filled[i * cells + cell] = curve.values[cell]!;
    }
  }
  return filled;
}

/** How far usual windows are from what is expected of them, cell by cell; at least a part of what that is over all cells. */
function measureSpreads(
  curve: ExpectedCurve,
  { embeddings: { series } }: AssignmentBatch,
  rows: Uint32Array,
): Float32Array {
  const cells = curve.values.length;
  const squares = new Float64Array(cells);
  const counts = new Float64Array(cells);
  for (const row of rows) {
    curve.take(series.values, series.mask, row * cells);
    for (let cell = 0; cell < cells; cell++) {
      if (!isInformative(series.mask[row * cells + cell]!)) continue;
      squares[cell]! += (series.values[row * cells + cell]! - curve.values[cell]!) ** 2;
      counts[cell]! += 1;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const usual = total === 0 ? 1 : Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / total);
  // Cells that hardly ever change would make much of next to nothing.
  const least = Math.max(LEAST_SPREAD * usual, Number.MIN_VALUE * 2 ** 60);
  return Float32Array.from(squares, (square, cell) =>
    Math.max(least, counts[cell] === 0 ? usual : Math.sqrt(square / counts[cell]!)),
  );
}

/** Of the spread over all cells. */
const LEAST_SPREAD = 0.1;

function measureUsual(
  meter: PartMeter,
  assignments: AssignmentBatch,
  rows: Uint32Array,
  segmentOf: (row: number) => number,
  parts: readonly AnomalyPart[],
): Usual {
  const measured = Array.from(rows, (row) => ({
    parts: meter.measure(assignments, row, segmentOf(row)),
    segment: segmentOf(row),
  }));
  const digestsOf = (segment?: number): Usual['all'] => {
    const those = segment === undefined ? measured : measured.filter((one) => one.segment === segment);
    const digests = parts.map((part) => [part, toDigest(those.map((one) => one.parts[part]))] as const);
    return Object.fromEntries(digests.filter(([, { means }]) => means.length > 0));
  };
  const all = digestsOf();
  const segments = Array.from({ length: assignments.model.k }, (_, segment) => digestsOf(segment));
  const rarity = createRarity({ all, segments });
  return { all, segments, score: toDigest(measured.map((one) => rarity.together(one.parts, one.segment))) };
}

/** The rows as they were while they were open, each up to a step by chance. */
function cutShort(
  assignments: AssignmentBatch,
  rows: Uint32Array,
  random: { below(bound: number): number },
): AssignmentBatch {
  const { embeddings } = assignments;
  const { series } = embeddings;
  const { steps, channels } = series;
  const cells = steps * channels;
  const values = new Float32Array(rows.length * cells);
  const mask = new Uint8Array(rows.length * cells);
  for (const [i, row] of rows.entries()) {
    values.set(series.values.subarray(row * cells, (row + 1) * cells), i * cells);
    mask.set(series.mask.subarray(row * cells, (row + 1) * cells), i * cells);
    const known = (1 + random.below(steps)) * channels;
    values.fill(0, i * cells + known, (i + 1) * cells);
    mask.fill(MASK_ABSENT, i * cells + known, (i + 1) * cells);
  }
  const pick = <T extends Float32Array | Uint16Array>(column: T, kind: (length: number) => T): T => {
    const picked = kind(rows.length);
    for (const [i, row] of rows.entries()) picked[i] = column[row]!;
    return picked;
  };
  return {
    ...assignments,
    length: rows.length,
    nearest: pick(assignments.nearest, (length) => new Uint16Array(length)),
    distances: pick(assignments.distances, (length) => new Float32Array(length)),
    embeddings: { ...embeddings, length: rows.length, series: { ...series, length: rows.length, values, mask } },
  };
}

function firstRows(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

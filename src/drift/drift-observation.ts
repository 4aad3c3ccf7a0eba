import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import { addToHistogram, createHistogram, type Histogram, mergeHistograms } from '../numeric/histogram.js';
import { unitHash } from '../numeric/unit-hash.js';
import { isInformative } from '../window/is-informative.js';
import { isLearnt } from '../window/is-learnt.js';
import { type EmbeddingSample, emptySample, mergeSamples, sampleOf } from './embedding-sample.js';
import { addToMoments, emptyMoments, mergeMoments, type SegmentMoments } from './segment-moments.js';
import { addToRuns, type WindowRun } from './window-run.js';

/** What drift is told from: counts and sketches of windows, mergeable in any order. Plain data. */
export interface DriftObservation {
  readonly modelVersion: string;
  readonly windows: number;
  /** Earliest start and latest end of the windows, epoch ms; Infinity and -Infinity without windows. */
  readonly start: number;
  readonly end: number;
  /** Windows by segment. */
  readonly segmentCounts: Float64Array; // (k)
  /** Windows whose customer had a segment before them by the same model version. */
  readonly returning: number;
  /** Those of them whose segment is another one now. */
  readonly moved: number;
  /** Unscaled values of the known cells, by channel and quarter of the window. */
  readonly cells: readonly Histogram[]; // (channels, STEP_GROUPS)
  /** Coordinates of the embeddings, as they are clustered. */
  readonly dimensions: readonly Histogram[]; // (size)
  /** Distances to the nearest centroid. */
  readonly distances: Histogram;
  /** Empty where the encoder does not reconstruct. */
  readonly reconstructionErrors: Histogram;
  readonly moments: SegmentMoments;
  /** The same windows in the order in which they came; none where observations were merged. */
  readonly runs: readonly WindowRun[];
  readonly sample: EmbeddingSample;
}

/** Runs of steps that are watched apart, where windows have as many steps. */
export const STEP_GROUPS = 4;

/** What each window's customer was before it. */
export interface FormerSegments {
  /** null where none is known. */
  readonly previousSegmentIds: readonly (string | null)[]; // (batch)
  readonly previousModelVersions: readonly (string | null)[]; // (batch)
}

/**
 * Sums up assignments [start, end). As in learning, only first results of closed windows count.
 *
 * @param start first row. @default 0
 * @param end row after the last. @default assignments.length
 */
export function toDriftObservation(
  assignments: AssignmentBatch,
  start = 0,
  end: number = assignments.length,
): DriftObservation {
  const { channels } = assignments.embeddings.series.windows;
  return observeInto(emptyObservation(assignments.model, channels), assignments, { start, end });
}

/** An observation of no windows, to observe into. */
export function emptyObservation({ modelVersion, k, size }: ClusterModel, channels: number): DriftObservation {
  return {
    modelVersion,
    windows: 0,
    start: Number.POSITIVE_INFINITY,
    end: Number.NEGATIVE_INFINITY,
    segmentCounts: new Float64Array(k),
    returning: 0,
    moved: 0,
    cells: Array.from({ length: channels * STEP_GROUPS }, createHistogram),
    dimensions: Array.from({ length: size }, createHistogram),
    distances: createHistogram(),
    reconstructionErrors: createHistogram(),
    moments: emptyMoments(k, size),
    runs: [],
    sample: emptySample(size),
  };
}

export interface ObservedRows {
  /** @default 0 */
  readonly start?: number;
  /** Row after the last. @default assignments.length */
  readonly end?: number;
  /** @default no customer was known before */
  readonly former?: FormerSegments | undefined;
}

/**
 * Adds assignments row by row into the sketches of `into`, which the result shares: sums come out the same to the last
 * bit however rows were cut into batches. A window without a place (NaN) counts in `windows` and the cells alone.
 */
export function observeInto(
  into: DriftObservation,
  assignments: AssignmentBatch,
  { start = 0, end = assignments.length, former }: ObservedRows = {},
): DriftObservation {
  const { nearest, distances, embeddings, points, model } = assignments;
  const { windows } = embeddings.series;
  const { embeddingSize: size, reconstructionErrors } = embeddings;
  const placed: number[] = [];
  const runs = [...into.runs];
  let { windows: counted, start: earliest, end: latest, returning, moved } = into;
  for (let i = start; i < end; i++) {
    if (!isLearnt(windows, i)) continue;
    counted++;
    earliest = Math.min(earliest, windows.starts[i]!);
    latest = Math.max(latest, windows.ends[i]!);
    observeCells(into.cells, assignments, i);
    if (Number.isNaN(distances[i])) continue;
    placed.push(i);
    const segment = nearest[i]!;
    into.segmentCounts[segment]! += 1;
    addToHistogram(into.distances, distances[i]!);
    const error = reconstructionErrors?.[i] ?? Number.NaN;
    addToHistogram(into.reconstructionErrors, error);
    for (let m = 0; m < size; m++) addToHistogram(into.dimensions[m]!, points[i * size + m]!);
    const place = { segment, start: windows.starts[i]!, points, offset: i * size, distance: distances[i]!, error };
    addToMoments(into.moments, place);
    addToRuns(runs, into.moments, place);
    if (former?.previousSegmentIds[i] == null || former.previousModelVersions[i] !== model.modelVersion) continue;
    returning++;
    if (former.previousSegmentIds[i] !== model.segmentIds[segment]) moved++;
  }
  const keys = Float64Array.from(placed, (i) =>
    unitHash(windows.ids.text(windows.customers[i]!), windows.starts[i]!, SAMPLE_SEED),
  );
  const sample = mergeSamples(into.sample, sampleOf(placed, keys, nearest, points, size));
  return { ...into, windows: counted, start: earliest, end: latest, returning, moved, runs, sample };
}

/** Any number other than the reservoir's: that one's choice must not be this one's. */
const SAMPLE_SEED = 0x5eed;

function observeCells(cells: readonly Histogram[], { embeddings }: AssignmentBatch, row: number): void {
  const { steps, channels, values, mask } = embeddings.series.windows;
  for (let t = 0, at = row * steps * channels; t < steps; t++) {
    const group = Math.floor((t * STEP_GROUPS) / steps);
    for (let c = 0; c < channels; c++, at++) {
      if (isInformative(mask[at]!)) addToHistogram(cells[c * STEP_GROUPS + group]!, values[at]!);
    }
  }
}

/** All cells of a channel. */
export function channelHistogram({ cells }: DriftObservation, channel: number): Histogram {
  return cells.slice(channel * STEP_GROUPS, (channel + 1) * STEP_GROUPS).reduce(mergeHistograms);
}

/**
 * The observation of both sets of windows together.
 *
 * @throws SegtideError `state` when they belong to different models or shapes.
 */
export function mergeObservations(a: DriftObservation, b: DriftObservation): DriftObservation {
  const alike =
    a.modelVersion === b.modelVersion &&
    a.segmentCounts.length === b.segmentCounts.length &&
    a.cells.length === b.cells.length &&
    a.dimensions.length === b.dimensions.length;
  if (!alike) {
    throw new SegtideError(
      'state',
      `Observations of one model version can't be merged with those of another; got ${a.modelVersion} and ${b.modelVersion}. Drop those of the older version.`,
    );
  }
  const both = (x: readonly Histogram[], y: readonly Histogram[]): readonly Histogram[] =>
    x.map((histogram, i) => mergeHistograms(histogram, y[i]!));
  return {
    modelVersion: a.modelVersion,
    windows: a.windows + b.windows,
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    segmentCounts: a.segmentCounts.map((count, j) => count + b.segmentCounts[j]!),
    returning: a.returning + b.returning,
    moved: a.moved + b.moved,
    cells: both(a.cells, b.cells),
    dimensions: both(a.dimensions, b.dimensions),
    distances: mergeHistograms(a.distances, b.distances),
    reconstructionErrors: mergeHistograms(a.reconstructionErrors, b.reconstructionErrors),
    moments: mergeMoments(a.moments, b.moments),
    runs: [],
    sample: mergeSamples(a.sample, b.sample),
  };
}

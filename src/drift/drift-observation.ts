import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import { addToHistogram, createHistogram, type Histogram, mergeHistograms } from '../numeric/histogram.js';
import { isInformative } from '../window/is-informative.js';

/** What drift is told from: counts and sketches of windows, mergeable in any order. Plain data. */
export interface DriftObservation {
  readonly modelVersion: string;
  readonly windows: number;
  /** Earliest start and latest end of the windows, epoch ms; Infinity and -Infinity without windows. */
  readonly start: number;
  readonly end: number;
  /** Windows by segment. */
  readonly segmentCounts: Float64Array; // (k)
  /** Unscaled values of the known cells, by channel. */
  readonly channels: readonly Histogram[]; // (channels)
  /** Distances to the nearest centroid. */
  readonly distances: Histogram;
  /** Empty where the encoder does not reconstruct. */
  readonly reconstructionErrors: Histogram;
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
  return observeInto(emptyObservation(assignments.model, channels), assignments, start, end);
}

/** An observation of no windows, to observe into. */
export function emptyObservation({ modelVersion, k }: ClusterModel, channels: number): DriftObservation {
  return {
    modelVersion,
    windows: 0,
    start: Number.POSITIVE_INFINITY,
    end: Number.NEGATIVE_INFINITY,
    segmentCounts: new Float64Array(k),
    channels: Array.from({ length: channels }, createHistogram),
    distances: createHistogram(),
    reconstructionErrors: createHistogram(),
  };
}

/**
 * Adds assignments [start, end) row by row into the sketches of `into`, which the result shares: sums come out the
 * same to the last bit however rows were cut into batches.
 */
export function observeInto(
  into: DriftObservation,
  assignments: AssignmentBatch,
  start = 0,
  end: number = assignments.length,
): DriftObservation {
  const { nearest, distances, embeddings } = assignments;
  const { windows } = embeddings.series;
  const cells = windows.steps * windows.channels;
  let counted = into.windows;
  let earliest = into.start;
  let latest = into.end;
  for (let i = start; i < end; i++) {
    if (windows.finals[i] === 0 || windows.revisions[i] !== 0 || windows.evicted[i] === 1) continue;
    counted++;
    into.segmentCounts[nearest[i]!]! += 1;
    earliest = Math.min(earliest, windows.starts[i]!);
    latest = Math.max(latest, windows.ends[i]!);
    addToHistogram(into.distances, distances[i]!);
    if (embeddings.reconstructionErrors !== undefined) {
      addToHistogram(into.reconstructionErrors, embeddings.reconstructionErrors[i]!);
    }
    for (let c = 0; c < windows.channels; c++) {
      const sketch = into.channels[c]!;
      for (let at = i * cells + c, last = (i + 1) * cells; at < last; at += windows.channels) {
        if (isInformative(windows.mask[at]!)) addToHistogram(sketch, windows.values[at]!);
      }
    }
  }
  return { ...into, windows: counted, start: earliest, end: latest };
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
    a.channels.length === b.channels.length;
  if (!alike) {
    throw new SegtideError(
      'state',
      `Observations of one model version can't be merged with those of another; got ${a.modelVersion} and ${b.modelVersion}. Drop those of the older version.`,
    );
  }
  return {
    modelVersion: a.modelVersion,
    windows: a.windows + b.windows,
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    segmentCounts: a.segmentCounts.map((count, j) => count + b.segmentCounts[j]!),
    channels: a.channels.map((sketch, c) => mergeHistograms(sketch, b.channels[c]!)),
    distances: mergeHistograms(a.distances, b.distances),
    reconstructionErrors: mergeHistograms(a.reconstructionErrors, b.reconstructionErrors),
  };
}

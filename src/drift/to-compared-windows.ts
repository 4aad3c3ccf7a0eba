import type { ComparedWindows } from '../plugin/drift-statistic-plugin.js';
import { toValueHistograms } from '../plugin/to-value-histograms.js';
import type { DriftSide } from './drift-measure.js';
import type { SegmentMoments } from './segment-moments.js';

/** Both sides of a round as a statistic of the user's own sees them. */
export function toComparedWindows(
  reference: DriftSide,
  current: DriftSide,
  channelNames: readonly string[],
): readonly [ComparedWindows, ComparedWindows] {
  const [a, b] = [reference.observation, current.observation];
  const cells = a.cells.map((histogram, i) => toValueHistograms(histogram, b.cells[i]!));
  const dimensions = a.dimensions.map((histogram, i) => toValueHistograms(histogram, b.dimensions[i]!));
  const distances = toValueHistograms(a.distances, b.distances);
  const errors = toValueHistograms(a.reconstructionErrors, b.reconstructionErrors);
  const toSide = ({ observation, model }: DriftSide, side: 0 | 1): ComparedWindows => {
    const { modelVersion, windows, start, end, segmentCounts, returning, moved, sample } = observation;
    return {
      ...{ modelVersion, windows, start, end, channelNames, segmentCounts, returning, moved },
      segmentIds: model.segmentIds,
      size: model.size,
      centroids: model.centroids,
      values: cells.map((pair) => pair[side]),
      coordinates: dimensions.map((pair) => pair[side]),
      distances: distances[side],
      reconstructionErrors: errors[side],
      ...withinSegments(observation.moments),
      sample: { length: sample.keys.length, values: sample.embeddings, segments: sample.segments },
    };
  };
  return [toSide(reference, 0), toSide(current, 1)];
}

function withinSegments({
  columns,
  counts,
  sums,
  sumSquares,
}: SegmentMoments): Pick<ComparedWindows, 'segmentMeans' | 'segmentVariances'> {
  const countOf = (at: number): number => counts[Math.floor(at / columns)]!;
  const segmentMeans = sums.map((sum, at) => sum / countOf(at));
  const segmentVariances = sumSquares.map((sum, at) => Math.max(0, sum / countOf(at) - segmentMeans[at]! ** 2));
  return { segmentMeans, segmentVariances };
}

import { type Histogram, type PackedHistogram, packHistogram, unpackHistogram } from '../numeric/histogram.js';
import type { DriftObservation } from './drift-observation.js';

/** An observation without the empty bins of its histograms: for the wire and for snapshots. */
export type PackedObservation = ObservationOf<PackedHistogram>;

export function packObservation(observation: DriftObservation): PackedObservation {
  return mapHistograms(observation, packHistogram);
}

export function unpackObservation(packed: PackedObservation): DriftObservation {
  return mapHistograms(packed, unpackHistogram);
}

/** An observation with its histograms in another form. */
type ObservationOf<H> = {
  readonly [Name in keyof DriftObservation]: DriftObservation[Name] extends Histogram
    ? H
    : DriftObservation[Name] extends readonly Histogram[]
      ? readonly H[]
      : DriftObservation[Name];
};

function mapHistograms<A, B>(observation: ObservationOf<A>, map: (histogram: A) => B): ObservationOf<B> {
  return {
    ...observation,
    cells: observation.cells.map(map),
    dimensions: observation.dimensions.map(map),
    distances: map(observation.distances),
    reconstructionErrors: map(observation.reconstructionErrors),
  };
}

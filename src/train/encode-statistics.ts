import type { DriftObservation } from '../drift/drift-observation.js';
import { frameSnapshot, unframeSnapshot } from '../numeric/framed-snapshot.js';
import { type PackedHistogram, packHistogram, unpackHistogram } from '../numeric/histogram.js';
import type { StatisticsRecord } from './model-record.js';

/** Packs what a lesson taught for the topic of statistics. */
export function encodeStatistics({ statistics, observation, ...counts }: StatisticsRecord): Buffer {
  const packed = observation && mapHistograms(observation, packHistogram);
  return frameSnapshot(KIND, { ...counts, statistics, observation: packed });
}

/**
 * Unpacks what `encodeStatistics` packed.
 *
 * @throws SegtideError `state` when the bytes are damaged, of another kind or of another format
 */
export function decodeStatistics(bytes: Uint8Array): StatisticsRecord {
  const record = unframeSnapshot(KIND, bytes) as PackedStatistics;
  const { observation } = record;
  return { ...record, observation: observation && mapHistograms(observation, unpackHistogram) };
}

/** An observation with its histograms in another form. */
type ObservationOf<H> = Omit<DriftObservation, 'channels' | 'distances' | 'reconstructionErrors'> & {
  readonly channels: readonly H[];
  readonly distances: H;
  readonly reconstructionErrors: H;
};

type PackedStatistics = Omit<StatisticsRecord, 'observation'> & {
  readonly observation: ObservationOf<PackedHistogram> | undefined;
};

const KIND = { name: 'statistics', format: 1 };

function mapHistograms<A, B>(observation: ObservationOf<A>, map: (histogram: A) => B): ObservationOf<B> {
  return {
    ...observation,
    channels: observation.channels.map(map),
    distances: map(observation.distances),
    reconstructionErrors: map(observation.reconstructionErrors),
  };
}

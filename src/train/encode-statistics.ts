import { type PackedObservation, packObservation, unpackObservation } from '../drift/packed-observation.js';
import { frameSnapshot, unframeSnapshot } from '../numeric/framed-snapshot.js';
import type { StatisticsRecord } from './model-record.js';

/** Packs what a lesson taught for the topic of statistics. */
export function encodeStatistics({ statistics, observation, ...counts }: StatisticsRecord): Buffer {
  return frameSnapshot(KIND, { ...counts, statistics, observation: observation && packObservation(observation) });
}

/**
 * Unpacks what `encodeStatistics` packed.
 *
 * @throws SegtideError `state` when the bytes are damaged, of another kind or of another format
 */
export function decodeStatistics(bytes: Uint8Array): StatisticsRecord {
  const record = unframeSnapshot(KIND, bytes) as PackedStatistics;
  const { observation } = record;
  return { ...record, observation: observation && unpackObservation(observation) };
}

type PackedStatistics = Omit<StatisticsRecord, 'observation'> & {
  readonly observation: PackedObservation | undefined;
};

const KIND = { name: 'statistics', format: 3 };

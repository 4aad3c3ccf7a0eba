import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { SegtideError } from '../errors.js';
import { shortFloat } from './short-float.js';

/** The profile of one segment under one model version. Fields, units and order as in `SEGMENT_SCHEMA`. */
export interface SegmentRecord {
  readonly segmentId: string;
  readonly modelVersion: string;
  readonly name: string;
  readonly advice: string;
  readonly size: number;
  readonly share: number;
  readonly level: number;
  readonly trend: number;
  readonly volatility: number;
  readonly seasonality: number;
  readonly inactiveShare: number;
  readonly prototype: readonly (readonly number[])[]; // (channels, steps)
  readonly medoidCustomer: string | null;
  readonly lineage: SegmentLineage['kind'];
  readonly windowEnd: number;
}

/**
 * Makes one record of each segment of a new model, and one of each that retired with the model before: its last word
 * on a compacted topic.
 *
 * Cells of a prototype that no member knows are 0.
 *
 * @param createdAt event time of the model, epoch ms
 * @param former records of the model before, of which retired segments keep name and looks
 * @throws SegtideError `accounting` where a profile holds a number that is not finite
 */
export function toSegmentRecords(
  profiles: readonly SegmentProfile[],
  lineage: readonly SegmentLineage[],
  createdAt: number,
  former: readonly SegmentRecord[] = [],
): SegmentRecord[] {
  const kinds = new Map(lineage.map(({ segmentId, kind }) => [segmentId, kind]));
  const current = new Set(profiles.map(({ segmentId }) => segmentId));
  const retired = former
    .filter(({ segmentId, lineage: kind }) => !current.has(segmentId) && kind !== 'retired')
    .map((record) => ({
      ...record,
      modelVersion: profiles[0]?.modelVersion ?? record.modelVersion,
      size: 0,
      share: 0,
      lineage: 'retired' as const,
      windowEnd: createdAt,
    }));
  return [...profiles.map((profile) => toSegmentRecord(profile, kinds, createdAt)), ...retired];
}

function toSegmentRecord(
  profile: SegmentProfile,
  kinds: ReadonlyMap<string, SegmentLineage['kind']>,
  createdAt: number,
): SegmentRecord {
  const first = profile.channels[0]!;
  const channels = profile.channels.length;
  const steps = profile.prototype.length / channels;
  return {
    segmentId: profile.segmentId,
    modelVersion: profile.modelVersion,
    name: profile.name,
    advice: profile.advice,
    size: profile.size,
    share: round(profile.share),
    level: round(first.level),
    trend: round(first.trend),
    volatility: round(first.volatility),
    seasonality: round(first.seasonality.strength),
    inactiveShare: round(profile.inactiveShare),
    prototype: Array.from({ length: channels }, (_, channel) =>
      Array.from({ length: steps }, (_, step) => known(profile.prototype[step * channels + channel]!)),
    ),
    medoidCustomer: profile.medoidCustomer ?? null,
    lineage: kinds.get(profile.segmentId) ?? 'born',
    windowEnd: Number.isFinite(profile.windowEnd) ? profile.windowEnd : createdAt,
  };
}

/** A cell of the prototype: 0 where no member knows the step, as in a segment without members. */
function known(value: number): number {
  return Number.isNaN(value) ? 0 : round(value);
}

/** As short as a float32 is. */
function round(value: number): number {
  const single = shortFloat(Math.fround(value));
  if (Number.isFinite(single)) return single;
  throw new SegtideError(
    'accounting',
    `A segment's profile holds ${value}, which is no finite number. Please report it.`,
  );
}

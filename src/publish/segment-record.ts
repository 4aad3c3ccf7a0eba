import type { SegmentLineage, SegmentShare } from '../cluster/segment-lineage.js';
import type { Advice, SegmentProfile } from '../cluster/segment-profile.js';
import { SegtideError } from '../errors.js';
import { shortFloat } from './short-float.js';

/** The profile of one segment under one model version. Fields, units and order as in `SEGMENT_SCHEMA`. */
export interface SegmentRecord {
  readonly segmentId: string;
  readonly modelVersion: string;
  readonly name: string;
  readonly advice: Advice;
  readonly size: number;
  readonly share: number;
  readonly level: number;
  readonly trend: number;
  readonly volatility: number;
  readonly seasonality: number;
  readonly inactiveShare: number;
  readonly prototype: SegmentCurves;
  readonly medoidCustomer: string | null;
  readonly lineage: SegmentLineage['kind'];
  readonly windowEnd: number;
  readonly reason: string;
  readonly from: readonly SegmentShare[];
  readonly into: readonly SegmentShare[];
  readonly overlap: number;
  readonly history: readonly SegmentSize[];
  readonly seasonLag: number;
  readonly forecastability: number;
  readonly forecastSkill: number;
  readonly bandLow: SegmentCurves;
  readonly bandHigh: SegmentCurves;
  readonly decoded: SegmentCurves | null;
  readonly medoidStart: number | null;
  /** Made from the profile; `name` is another where somebody gave it. */
  readonly madeName: string;
}

/** Null where no member knows the step. */
export type SegmentCurves = readonly (readonly (number | null)[])[]; // (channels, steps)

/** How large a segment was under one model. */
export interface SegmentSize {
  readonly modelVersion: string;
  readonly windowEnd: number;
  readonly size: number;
  readonly share: number;
}

/** What the segments of a model became of. */
export interface SegmentOrigin {
  readonly lineage: readonly SegmentLineage[];
  /** Why the model was trained. */
  readonly reasons: readonly string[];
  /** Event time of the model, epoch ms. */
  readonly createdAt: number;
  /** Records of the model before: retired segments keep name and looks of them, the others their history. */
  readonly former?: readonly SegmentRecord[];
  /** What people call segments, by id. */
  readonly names?: ReadonlyMap<string, string>;
}

/** Models of which a record tells the sizes. */
const LONGEST_HISTORY = 20;

/**
 * Makes one record of each segment of a new model, and one of each that retired with the model before: its last word
 * on a compacted topic.
 *
 * @throws SegtideError `accounting` where a profile holds a number that is not finite
 */
export function toSegmentRecords(profiles: readonly SegmentProfile[], origin: SegmentOrigin): SegmentRecord[] {
  const { lineage, reasons, createdAt, former = [] } = origin;
  const lineageOf = new Map(lineage.map((entry) => [entry.segmentId, entry]));
  const current = new Set(profiles.map(({ segmentId }) => segmentId));
  const retired = former
    .filter(({ segmentId, lineage: kind }) => !current.has(segmentId) && kind !== 'retired')
    .map((record) => {
      const gone = { size: 0, share: 0, windowEnd: createdAt };
      const modelVersion = profiles[0]?.modelVersion ?? record.modelVersion;
      return {
        ...record,
        ...gone,
        modelVersion,
        reason: reasons.join('; '),
        lineage: 'retired' as const,
        from: [],
        into: roundShares(lineageOf.get(record.segmentId)?.into),
        overlap: 0,
        history: prolong(record.history, { modelVersion, ...gone }),
      };
    });
  return [...profiles.map((profile) => toSegmentRecord(profile, origin, lineageOf)), ...retired];
}

function toSegmentRecord(
  profile: SegmentProfile,
  { reasons, createdAt, former, names }: SegmentOrigin,
  lineageOf: ReadonlyMap<string, SegmentLineage>,
): SegmentRecord {
  const { segmentId, modelVersion, size, band, decoded } = profile;
  const first = profile.channels[0]!;
  const channels = profile.channels.length;
  const lineage = lineageOf.get(segmentId);
  const before = former?.find((record) => record.segmentId === segmentId);
  const share = round(profile.share);
  const windowEnd = Number.isFinite(profile.windowEnd) ? profile.windowEnd : createdAt;
  return {
    segmentId,
    modelVersion,
    name: names?.get(segmentId) ?? profile.name,
    advice: profile.advice,
    size,
    share,
    level: round(first.level),
    trend: round(first.trend),
    volatility: round(first.volatility),
    seasonality: round(first.seasonality.strength),
    inactiveShare: round(profile.inactiveShare),
    prototype: toCurves(profile.prototype, channels),
    medoidCustomer: profile.medoidCustomer ?? null,
    lineage: lineage?.kind ?? 'born',
    windowEnd,
    reason: reasons.join('; '),
    from: roundShares(lineage?.from),
    into: roundShares(lineage?.into),
    overlap: round(lineage?.overlap ?? 0),
    history: prolong(before?.history, { modelVersion, windowEnd, size, share }),
    seasonLag: first.seasonality.lag,
    forecastability: round(first.forecastability),
    forecastSkill: round(first.forecastSkill),
    bandLow: toCurves(band.low, channels),
    bandHigh: toCurves(band.high, channels),
    decoded: decoded === undefined ? null : toCurves(decoded, channels),
    medoidStart: profile.medoidStart ?? null,
    madeName: profile.name,
  };
}

function prolong(history: readonly SegmentSize[] = [], next: SegmentSize): readonly SegmentSize[] {
  return [...history, next].slice(-LONGEST_HISTORY);
}

function roundShares(shares: readonly SegmentShare[] = []): readonly SegmentShare[] {
  return shares.map(({ segmentId, share }) => ({ segmentId, share: round(share) }));
}

/** One array of steps per channel. */
function toCurves(curves: Float32Array, channels: number): SegmentCurves {
  const steps = curves.length / channels;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: steps }, (_, step) => known(curves[step * channels + channel]!)),
  );
}

/** A cell of a curve: null where no member knows the step, as in a segment without members. */
function known(value: number): number | null {
  return Number.isNaN(value) ? null : round(value);
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

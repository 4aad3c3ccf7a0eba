import type { AssignmentBatch } from './assignment-batch.js';
import { type Members, profileChannel } from './profile-channel.js';
import { isInactive, MARKED_TREND, nameSegments } from './segment-name.js';
import type { Advice, ChannelProfile, SegmentProfile } from './segment-profile.js';
import { type CalendarPlace, segmentTiming } from './segment-timing.js';

export interface ProfileOptions {
  /** Steps after which usage is thought to repeat, such as 7 for days. Unset: the lag is looked for. */
  readonly period?: number | undefined;
  /** When a step of a window is on the local clock; names can then say `weekend` or `evening`. */
  readonly placeOf?: ((windowStart: number, step: number) => CalendarPlace) | undefined;
  /** Decoded mean latents, unscaled, one for each segment; (steps, channels) each. */
  readonly decoded?: readonly Float32Array[] | undefined;
}

/** Autocorrelation from which what repeats is worth a model. */
const MARKED_SEASONALITY = 0.3;

/**
 * Profiles every segment of a model from windows that were assigned with it, such as the reservoir. Names and advice
 * go by the first channel.
 *
 * @returns one profile for each centroid, in their order
 */
export function profileSegments(assignments: AssignmentBatch, options: ProfileOptions = {}): readonly SegmentProfile[] {
  const { model, nearest, distances, length } = assignments;
  const { series } = assignments.embeddings;
  const { windows } = series;
  const { steps, channels } = windows;
  const drafts = model.segmentIds.map((segmentId, j) => {
    const rows = Uint32Array.from({ length }, (_, i) => i).filter((i) => nearest[i] === j && distances[i]! >= 0);
    const members: Members = { ...windows, rows, inactive: series.inactive };
    const prototype = meanCurve(members);
    const curves = Array.from({ length: channels }, (_, c) =>
      Float64Array.from({ length: steps }, (_, t) => prototype[t * channels + c]!),
    );
    const medoid = rows.reduce((best, row) => (best < 0 || distances[row]! < distances[best]! ? row : best), -1);
    const places = placesOf(rows, windows.starts, steps, options.placeOf);
    const timing = places === undefined ? [] : segmentTiming(curves[0]!, places);
    return {
      timing,
      namesTrend: timing.length === 0 || cycleOf(places!) * 2 <= steps,
      profile: {
        segmentId,
        modelVersion: model.modelVersion,
        size: rows.length,
        share: length === 0 ? 0 : rows.length / length,
        prototype,
        decoded: options.decoded?.[j],
        medoidCustomer: medoid < 0 ? undefined : windows.ids.text(windows.customers[medoid]!),
        medoidStart: medoid < 0 ? undefined : windows.starts[medoid]!,
        channels: curves.map((curve, c) => profileChannel(members, c, curve, options.period)),
        inactiveShare: meanOf(rows, (row) => series.inactive[row]!),
        observedShare: meanOf(rows, (row) => windows.observedSteps[row]! / steps),
        windowEnd: rows.reduce((latest, row) => Math.max(latest, windows.ends[row]!), Number.NEGATIVE_INFINITY),
      },
    };
  });
  const names = nameSegments(
    drafts.map(({ profile, timing, namesTrend }) => ({
      ...profile,
      channel: profile.channels[0]!,
      timing,
      namesTrend,
    })),
  );
  return drafts.map(({ profile }, j) => ({
    ...profile,
    name: names[j]!,
    advice: adviceFor(profile.channels[0]!, profile.inactiveShare, profile.size),
  }));
}

/**
 * Whether a forecasting model is worth its cost: where usage repeats (autocorrelation of 0.3 or more at the seasonal
 * lag) or goes somewhere (a trend of 0.25 or more), the past tells more than its mean. Elsewhere the mean is as
 * good a forecast, and a simple rule is enough. The strengths of trend and season are what decides among forecasting
 * methods in Wang, Smith & Hyndman (2006).
 */
function adviceFor(channel: ChannelProfile, inactiveShare: number, size: number): Advice {
  if (size === 0 || isInactive({ channel, inactiveShare, size })) return 'inactive';
  const repeats = channel.seasonality.strength >= MARKED_SEASONALITY;
  return repeats || Math.abs(channel.trend) >= MARKED_TREND ? 'model' : 'rule';
}

function meanCurve({ rows, steps, channels, values, mask }: Members): Float32Array {
  const cells = steps * channels;
  const sums = new Float64Array(cells);
  const counts = new Float64Array(cells);
  for (const row of rows) {
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (mask[at]! > 1) continue;
      sums[cell]! += values[at]!;
      counts[cell]! += 1;
    }
  }
  return Float32Array.from(sums, (sum, cell) => (counts[cell] === 0 ? Number.NaN : sum / counts[cell]!));
}

function meanOf(rows: Uint32Array, of: (row: number) => number): number {
  let sum = 0;
  for (const row of rows) sum += of(row);
  return rows.length === 0 ? 0 : sum / rows.length;
}

/** When the steps of most members are; undefined where members disagree, as with a hop of half a week. */
function placesOf(
  rows: Uint32Array,
  starts: Float64Array,
  steps: number,
  placeOf: ProfileOptions['placeOf'],
): readonly CalendarPlace[] | undefined {
  if (placeOf === undefined || rows.length === 0) return undefined;
  const known = new Map<number, string>();
  const times = new Map<string, number>();
  for (const row of rows) {
    const start = starts[row]!;
    let key = known.get(start);
    if (key === undefined) {
      const { weekday, hour } = placeOf(start, 0);
      key = `${weekday}/${hour}`;
      known.set(start, key);
    }
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const [key, count] = [...times].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  if (count < 0.9 * rows.length) return undefined;
  const start = [...known].find(([, place]) => place === key)![0];
  return Array.from({ length: steps }, (_, step) => placeOf(start, step));
}

/** Steps after which the calendar repeats; Infinity where a window does not hold a whole cycle. */
function cycleOf(places: readonly CalendarPlace[]): number {
  const first = places[0]!;
  const again = places.findIndex((place, t) => t > 0 && place.weekday === first.weekday && place.hour === first.hour);
  return again < 0 ? Number.POSITIVE_INFINITY : again;
}

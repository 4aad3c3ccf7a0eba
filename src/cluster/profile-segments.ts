import { isInformative } from '../window/is-informative.js';
import type { AssignmentBatch } from './assignment-batch.js';
import { easeOff } from './ease-off.js';
import { profileChannel } from './profile-channel.js';
import { prototypeTrend } from './prototype-trend.js';
import { quantileBand } from './quantile-band.js';
import { adviseSegment } from './segment-advice.js';
import type { Members } from './segment-members.js';
import { nameSegments, nameWords } from './segment-name.js';
import type { SegmentProfile } from './segment-profile.js';
import { type CalendarPlace, segmentTiming } from './segment-timing.js';

export interface ProfileOptions {
  /** Steps after which usage is thought to repeat, such as 7 for days. Unset: the lag is looked for. */
  readonly period?: number | undefined;
  /** When a step of a window is on the local clock; names can then say `weekend` or `evening`. */
  readonly placeOf?: ((windowStart: number, step: number) => CalendarPlace) | undefined;
  /** Decoded mean latents, unscaled, one for each segment; (steps, channels) each. */
  readonly decoded?: readonly (Float32Array | undefined)[] | undefined;
  /** What was said of segments before: it stays while their figures lie near the border. @default all are new */
  readonly former?: readonly FormerProfile[] | undefined;
  /** 1 for windows that shares are told without: more of them were sampled than there are. @default all count */
  readonly surplus?: Uint8Array | undefined; // (batch)
}

export type FormerProfile = Pick<SegmentProfile, 'segmentId' | 'name' | 'advice'>;

/** Part of the prototype's variance from which a trend line says something of it; at any phase a daily curve has a line. */
const MARKED_FIT = 0.5;
const TREND_WORDS = ['growing', 'fading'];
/** Part of the members that must begin at the same hour, or on the same weekday, to name a segment after it. */
const AGREEMENT = 0.9;

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
  const { surplus } = options;
  const counted = (rows: Uint32Array): number => rows.filter((row) => surplus?.[row] !== 1).length;
  const total = surplus === undefined ? length : length - surplus.filter((one) => one === 1).length;
  const formerly = new Map(options.former?.map((profile) => [profile.segmentId, profile]));
  const drafts = model.segmentIds.map((segmentId, j) => {
    const rows = Uint32Array.from({ length }, (_, i) => i).filter((i) => nearest[i] === j && distances[i]! >= 0);
    const members: Members = { ...windows, rows, inactive: series.inactive };
    const prototype = meanCurve(members);
    const curves = Array.from({ length: channels }, (_, c) =>
      Float64Array.from({ length: steps }, (_, t) => prototype[t * channels + c]!),
    );
    const medoid = rows.reduce((best, row) => (best < 0 || distances[row]! < distances[best]! ? row : best), -1);
    const places = placesOf(rows, windows.starts, steps, options.placeOf);
    const words = nameWords(formerly.get(segmentId)?.name);
    const timing = places === undefined ? [] : segmentTiming(curves[0]!, places, words);
    return {
      timing,
      namesTrend:
        (timing.length === 0 || cycleOf(places!) * 2 <= steps) && followsTrend(curves[0]!, options.period, words),
      profile: {
        segmentId,
        modelVersion: model.modelVersion,
        size: rows.length,
        share: total === 0 ? 0 : counted(rows) / total,
        prototype,
        band: quantileBand(members),
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
  const usual = meanLevel(drafts.map(({ profile }) => profile));
  const grounds = drafts.map(({ profile, timing, namesTrend }) => {
    const channel = profile.channels[0]!;
    const relativeLevel = usual === 0 ? 0 : channel.level / usual;
    return {
      ...profile,
      channel,
      relativeLevel,
      timing,
      namesTrend,
      formerName: formerly.get(profile.segmentId)?.name,
    };
  });
  const names = nameSegments(grounds);
  return drafts.map(({ profile }, j) => ({
    ...profile,
    name: names[j]!,
    advice: adviseSegment(grounds[j]!, formerly.get(profile.segmentId)?.advice),
  }));
}

/** Mean usage per step over all segments, of the first channel. */
function meanLevel(profiles: readonly Pick<SegmentProfile, 'share' | 'channels'>[]): number {
  const counted = profiles.filter(({ share }) => share > 0);
  const shares = counted.reduce((sum, { share }) => sum + share, 0);
  return shares === 0 ? 0 : counted.reduce((sum, { share, channels }) => sum + share * channels[0]!.level, 0) / shares;
}

function meanCurve({ rows, steps, channels, values, mask }: Members): Float32Array {
  const cells = steps * channels;
  const sums = new Float64Array(cells);
  const counts = new Float64Array(cells);
  for (const row of rows) {
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (!isInformative(mask[at]!)) continue;
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

/** Whether the first channel's curve goes where its trend line goes. */
function followsTrend(prototype: Float64Array, period: number | undefined, former: readonly string[]): boolean {
  const held = TREND_WORDS.some((word) => former.includes(word));
  return prototypeTrend(prototype, 1, period).explained >= easeOff(MARKED_FIT, held);
}

/**
 * When the steps of most members are. The weekday is undefined where members disagree, as windows of a day do; all is
 * undefined where they disagree on the hour, as with a hop of half a day, or where there is none and no weekday.
 */
function placesOf(
  rows: Uint32Array,
  starts: Float64Array,
  steps: number,
  placeOf: ProfileOptions['placeOf'],
): readonly CalendarPlace[] | undefined {
  if (placeOf === undefined || rows.length === 0) return undefined;
  const known = new Map<number, CalendarPlace>();
  const places = Array.from(rows, (row) => {
    const start = starts[row]!;
    const place = known.get(start) ?? placeOf(start, 0);
    known.set(start, place);
    return place;
  });
  const weekday = agreed(places.map((place) => place.weekday));
  const hour = agreed(places.map((place) => place.hour));
  if (hour === undefined && (weekday === undefined || places[0]!.hour !== undefined)) return undefined;
  const fits = (place: CalendarPlace): boolean =>
    (weekday === undefined || place.weekday === weekday) && (hour === undefined || place.hour === hour);
  const start = [...known].find(([, place]) => fits(place))?.[0];
  if (start === undefined) return undefined;
  return Array.from({ length: steps }, (_, step) => {
    const place = placeOf(start, step);
    return {
      weekday: weekday === undefined ? undefined : place.weekday,
      hour: hour === undefined ? undefined : place.hour,
    };
  });
}

/** The value that nearly all have; undefined where there is none. */
function agreed(values: readonly (number | undefined)[]): number | undefined {
  const times = new Map<number | undefined, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  const [value, count] = [...times].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  return count < AGREEMENT * values.length ? undefined : value;
}

/** Steps after which the calendar repeats; Infinity where a window does not hold a whole cycle. */
function cycleOf(places: readonly CalendarPlace[]): number {
  const first = places[0]!;
  const isFirst = (place: CalendarPlace): boolean => place.weekday === first.weekday && place.hour === first.hour;
  // Several steps may share a place, as all of one day do where hours are not told.
  const left = places.findIndex((place) => !isFirst(place));
  const again = left < 0 ? -1 : places.findIndex((place, t) => t > left && isFirst(place));
  return again < 0 ? Number.POSITIVE_INFINITY : again;
}

/** Ways to use a service, each with a shape of its own over the week or over the whole simulation. */
export type UsageSegment = (typeof USAGE_SEGMENTS)[number];

/**
 * - `flat`: around the clock, every day.
 * - `weekday`: working hours, Monday to Friday.
 * - `weekend`: Saturday and Sunday, by day.
 * - `evening`: 18 to 24 h, every day.
 * - `growing`, `declining`: from a fifth of the mean to nine fifths of it, and the reverse, over the whole simulation.
 * - `bursty`: bursts of one to three days, eight times as dense, two weeks apart on average.
 * - `inactive`: usage on the first day, next to none after it.
 * - `nightly`: 1 to 5 h, every day.
 */
export const USAGE_SEGMENTS = [
  'flat',
  'weekday',
  'weekend',
  'evening',
  'growing',
  'declining',
  'bursty',
  'inactive',
  'nightly',
] as const;

export const HOURS_PER_WEEK = 168;

/** Expected usage of each hour of the week (0 is Monday, 0 h), relative to the mean over the week. */
export function weekProfile(segment: UsageSegment): Float64Array {
  const profile = new Float64Array(HOURS_PER_WEEK);
  let sum = 0;
  for (let hour = 0; hour < HOURS_PER_WEEK; hour++) {
    profile[hour] = hourWeight(segment, Math.floor(hour / 24), hour % 24);
    sum += profile[hour]!;
  }
  return profile.map((weight) => (weight * HOURS_PER_WEEK) / sum);
}

/**
 * Expected usage at a time of the simulation, relative to the mean over all of it. `bursty` says what holds within a
 * burst.
 *
 * @param day days since the start, with a fraction
 */
export function seasonFactor(segment: UsageSegment, day: number, days: number): number {
  if (segment === 'growing') return 0.2 + (1.6 * day) / days;
  if (segment === 'declining') return 1.8 - (1.6 * day) / days;
  if (segment === 'inactive') return day < 1 ? 1 : 0.002;
  if (segment === 'bursty') return BURST_FACTOR;
  return 1;
}

/** Chance per day that a bursty customer at rest begins a burst, and the most days that it lasts. */
export const BURST_CHANCE = 1 / 14;
export const BURST_MOST_DAYS = 3;
/** With bursts of 2 days on average after rests of 14, an eighth of the days carries all usage. */
const BURST_FACTOR = 8;

/** Usage at other times, against that at the segment's own. */
const REST = 0.04;

function hourWeight(segment: UsageSegment, weekday: number, hour: number): number {
  const weekend = weekday >= 5;
  if (segment === 'weekday') return !weekend && hour >= 8 && hour < 18 ? 1 : REST;
  if (segment === 'weekend') return weekend && hour >= 9 && hour < 22 ? 1 : REST;
  if (segment === 'evening') return hour >= 18 ? 1 : REST;
  if (segment === 'nightly') return hour >= 1 && hour < 5 ? 1 : REST;
  return 1;
}

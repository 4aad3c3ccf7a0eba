import { autocorrelation } from '../numeric/autocorrelation.js';
import { linearTrend } from '../numeric/linear-trend.js';
import { backTest } from './back-test.js';
import { prototypeTrend } from './prototype-trend.js';
import { type Members, readSeries } from './segment-members.js';
import type { ChannelProfile, Seasonality } from './segment-profile.js';

/** Most members whose autocorrelation is taken; evenly spaced ones stand for a larger segment. */
const SEASONALITY_MEMBERS = 1_000;

/**
 * Describes one channel of a segment. Cells of mask 0 and 1 (observed, zero) are known; the others are left out.
 *
 * @param prototype mean of the members, (steps); NaN where no member knows the step
 * @param period steps after which usage is thought to repeat; undefined looks for the lag itself
 */
export function profileChannel(
  members: Members,
  channel: number,
  prototype: Float64Array,
  period: number | undefined,
): ChannelProfile {
  const { rows, steps, inactive } = members;
  const series = new Float64Array(steps);
  let known = 0;
  let zeros = 0;
  let sum = 0;
  let variations = 0;
  let varying = 0;
  for (const row of rows) {
    readSeries(members, row, channel, series);
    let n = 0;
    let rowSum = 0;
    let squares = 0;
    for (let t = 0; t < steps; t++) {
      const x = series[t]!;
      if (Number.isNaN(x)) continue;
      n++;
      rowSum += x;
      squares += x * x;
      if (x === 0) zeros++;
    }
    known += n;
    sum += rowSum;
    if (inactive[row] === 1 || n === 0 || rowSum === 0) continue;
    const mean = rowSum / n;
    variations += Math.sqrt(Math.max(0, squares / n - mean * mean)) / Math.abs(mean);
    varying++;
  }
  const level = known === 0 ? 0 : sum / known;
  const seasonality = seasonalityOf(members, channel, period);
  const { skill, forecastability } = backTest(members, channel, seasonality.lag);
  return {
    level,
    trend: prototypeTrend(prototype, level, period).change,
    volatility: varying === 0 ? 0 : variations / varying,
    seasonality,
    forecastability,
    forecastSkill: skill,
    zeroShare: known === 0 ? 0 : zeros / known,
  };
}

function seasonalityOf(members: Members, channel: number, period: number | undefined): Seasonality {
  const { rows, steps, inactive } = members;
  const longest = Math.floor(steps / 2);
  const lags = period === undefined ? range(1, longest + 1) : period >= 2 && period < steps ? [period] : [];
  if (lags.length === 0) return { strength: 0, lag: 0 };
  const sums = new Float64Array(lags.length);
  const series = new Float64Array(steps);
  const stride = Math.max(1, Math.floor(rows.length / SEASONALITY_MEMBERS));
  let counted = 0;
  for (let r = 0; r < rows.length; r += stride) {
    const row = rows[r]!;
    if (inactive[row] === 1) continue;
    readSeries(members, row, channel, series);
    const { slope, intercept } = linearTrend(series);
    for (let t = 0; t < steps; t++) series[t]! -= intercept + slope * t;
    for (let l = 0; l < lags.length; l++) sums[l]! += autocorrelation(series, lags[l]!);
    counted++;
  }
  const at = period === undefined ? highestPeak(sums) : 0;
  if (counted === 0 || at < 0 || sums[at]! <= 0) return { strength: 0, lag: 0 };
  return { strength: sums[at]! / counted, lag: lags[at]! };
}

/** The highest value that both its neighbours stay below: smooth series are alike at lag 1 without repeating. */
function highestPeak(values: Float64Array): number {
  let best = -1;
  for (let i = 1; i < values.length; i++) {
    const peak = values[i]! > values[i - 1]! && (i + 1 === values.length || values[i]! >= values[i + 1]!);
    if (peak && (best < 0 || values[i]! > values[best]!)) best = i;
  }
  return best;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

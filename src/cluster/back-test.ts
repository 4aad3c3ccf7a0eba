import { type Members, readSeries } from './segment-members.js';

/** How well the end of the members' windows is forecast from what came before. */
export interface BackTest {
  /**
   * Forecast value added: 1 - RMSE of the better model / RMSE of the better rule. 0 where a model is no better, negative
   * where it is worse.
   */
  readonly skill: number;
  /** Forecastability: 1 - MSE of the best forecast / MSE of the mean, in [0, 1]; 0 where nothing beats the mean. */
  readonly forecastability: number;
  /** The better of the simple rules. */
  readonly rule: 'mean' | 'seasonalNaive';
  /** Members that were forecast. */
  readonly members: number;
}

/** Part of the window that is forecast. */
const HORIZON = 1 / 4;
/** Most members that are forecast; evenly spaced ones stand for a larger segment. */
const MOST_MEMBERS = 1_000;
/** Fewer say nothing of a segment. */
const LEAST_MEMBERS = 4;

const NOTHING: BackTest = { skill: 0, forecastability: 0, rule: 'mean', members: 0 };

/**
 * Forecasts the last quarter of each active member's window by two simple rules and by two models:
 *
 * - `mean`: the member's own mean so far;
 * - `seasonalNaive`: the member's own value one season before;
 * - its mean so far times the segment's curve, fitted to the other half of the members (a model learnt across series, as
 *   in Montero-Manso & Hyndman, 2021);
 * - its own mean at the same place of the seasons so far.
 *
 * Squared errors count in proportion to 1 / the member's mean, so that customers with much usage do not decide alone.
 * Holding a model against what costs nothing is forecast value added (Gilliland, 2010).
 *
 * @param period steps after which usage repeats; 0 where it does not
 */
export function backTest(members: Members, channel: number, period: number): BackTest {
  const { steps } = members;
  const from = steps - Math.max(1, Math.round(HORIZON * steps));
  const series = knownSeries(members, channel, from);
  if (from < 2 || series.length < LEAST_MEMBERS) return NOTHING;
  const curves = [0, 1].map((half) =>
    relativeCurve(
      series.filter((_, i) => i % 2 !== half),
      steps,
    ),
  );
  const season = period >= 2 && period <= from ? period : 0;
  const [byMean, bySeason, byCurve, bySeasons] = [new Errors(), new Errors(), new Errors(), new Errors()];
  for (const [i, { values, level }] of series.entries()) {
    const curve = curves[i % 2]!;
    for (let t = from; t < steps; t++) {
      const x = values[t]!;
      if (Number.isNaN(x)) continue;
      byMean.add(level - x, level);
      byCurve.add(level * curve[t]! - x, level);
      if (season === 0) continue;
      const [last, mean] = lastSeasons(values, t, from, season);
      bySeason.add(last - x, level);
      bySeasons.add(mean - x, level);
    }
  }
  const naive = season > 0 && bySeason.mean < byMean.mean;
  const rule = naive ? bySeason.mean : byMean.mean;
  const model = Math.min(byCurve.mean, season > 0 ? bySeasons.mean : Number.POSITIVE_INFINITY);
  return {
    skill: rule === 0 ? 0 : 1 - Math.sqrt(model / rule),
    forecastability: byMean.mean === 0 ? 0 : Math.max(0, 1 - Math.min(model, rule) / byMean.mean),
    rule: naive ? 'seasonalNaive' : 'mean',
    members: series.length,
  };
}

interface KnownSeries {
  readonly values: Float64Array; // (steps)
  /** Mean over the known cells before those that are forecast. */
  readonly level: number;
}

function knownSeries(members: Members, channel: number, from: number): readonly KnownSeries[] {
  const { rows, steps, inactive } = members;
  const stride = Math.max(1, Math.ceil(rows.length / MOST_MEMBERS));
  const found: KnownSeries[] = [];
  for (let r = 0; r < rows.length; r += stride) {
    if (inactive[rows[r]!] === 1) continue;
    const values = new Float64Array(steps);
    readSeries(members, rows[r]!, channel, values);
    const past = values.subarray(0, from).filter((x) => !Number.isNaN(x));
    const level = past.reduce((sum, x) => sum + x, 0) / past.length;
    // Before the first usage there is nothing to forecast from.
    if (level > 0) found.push({ values, level });
  }
  return found;
}

/** What each step counts against the mean before the forecast. */
function relativeCurve(series: readonly KnownSeries[], steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, t) => {
    let sum = 0;
    let levels = 0;
    for (const { values, level } of series) {
      if (Number.isNaN(values[t]!)) continue;
      sum += values[t]!;
      levels += level;
    }
    return levels === 0 ? 1 : sum / levels;
  });
}

/** The value at the same place of the last known season before `from`, and the mean over all of them. */
function lastSeasons(values: Float64Array, t: number, from: number, season: number): readonly [number, number] {
  let last = Number.NaN;
  let sum = 0;
  let n = 0;
  for (let at = t - season; at >= 0; at -= season) {
    const x = values[at]!;
    if (at >= from || Number.isNaN(x)) continue;
    if (n === 0) last = x;
    sum += x;
    n++;
  }
  return n === 0 ? [Number.NaN, Number.NaN] : [last, sum / n];
}

class Errors {
  #sum = 0;
  #n = 0;

  add(error: number, level: number): void {
    if (Number.isNaN(error)) return;
    this.#sum += (error * error) / level;
    this.#n++;
  }

  get mean(): number {
    return this.#n === 0 ? Number.POSITIVE_INFINITY : this.#sum / this.#n;
  }
}

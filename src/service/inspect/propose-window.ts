import { formatDuration } from '../../numeric/duration.js';
import { chooseAveraging } from './choose-averaging.js';
import { type EventFacts, rowsByCustomer } from './describe-events.js';
import { findPeriods, type Periodicity } from './find-periods.js';
import type { UsageSample } from './usage-sample.js';

/** How to cut windows, and why. */
export interface WindowProposal {
  /** As the config has it: `hour`, `15m` … */
  readonly step: string;
  readonly stepMs: number;
  readonly steps: number;
  readonly hop: number;
  /** Width of a moving average, in steps; 1 for none. */
  readonly smoothWidth: number;
  readonly reasons: { readonly step: string; readonly steps: string; readonly hop: string; readonly smooth: string };
  /** What else could be taken, as `step × steps`, with the reason. */
  readonly alternatives: readonly { readonly step: string; readonly steps: number; readonly reason: string }[];
  /** Share of steps without an event, of a customer between its first and last one. */
  readonly zeroSteps: number;
  readonly periodicity: Periodicity;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people think in, and the window of each that is taken where nothing repeats. */
const STEPS: readonly { readonly step: string; readonly ms: number; readonly usual: number }[] = [
  { step: '1m', ms: MINUTE, usual: 60 },
  { step: '5m', ms: 5 * MINUTE, usual: 72 },
  { step: '15m', ms: 15 * MINUTE, usual: 96 },
  { step: 'hour', ms: HOUR, usual: 24 },
  { step: 'day', ms: DAY, usual: 28 },
  { step: 'week', ms: 7 * DAY, usual: 13 },
  { step: 'month', ms: 30.4375 * DAY, usual: 12 },
];

/** Customers whose series are looked at, at even distances through all of them. */
const MOST_CUSTOMERS = 300;
/** Steps of each, the newest. */
const MOST_BINS = 4096;
/** Fewer steps tell nothing. */
const LEAST_BINS = 12;
/** Longest window that is proposed: the encoder's cost grows with it. */
const LONGEST = 200;
const SHORTEST = 6;
/** Windows that a customer should live through. */
const LEAST_WINDOWS = 4;
/** Windows of a customer below which they should overlap. */
const PLENTY = 8;
/** A step may be without an event so often; more often where what repeats makes up for it. */
const MOST_ZEROS = 0.5;
const MOST_ZEROS_PERIODIC = 0.75;
/** A longer period must be more correlated by so much to be taken for the window. */
const PLAINER = 0.1;
/** A week must be more correlated than a day by so much to be worth a word: noise alone sets them apart by less. */
const WEEK_PLAINER = 0.02;

/** A step that is empty so often is no alternative. */
const MOSTLY_EMPTY = 0.95;

interface Look {
  readonly step: string;
  readonly ms: number;
  readonly usual: number;
  readonly bins: number;
  readonly zeros: number;
  readonly periodicity: Periodicity;
  /** The period that a window would take, in steps; undefined where nothing repeats. */
  readonly period: number | undefined;
}

/**
 * Proposes step, window, hop and averaging. The step is the finest of the usual ones in which a customer mostly has
 * events: at most half of its steps are empty, or three quarters where something repeats; the window is the period that
 * repeats most plainly (`findPeriods`), in at most 200 steps and a quarter of the span.
 */
export function proposeWindow(usage: UsageSample, facts: EventFacts): WindowProposal {
  const looks = STEPS.filter(({ ms }) => isPossible(ms, facts)).map((step) => look(step, usage, facts));
  const chosen = choose(looks) ?? look(STEPS[3]!, usage, facts);
  const most = Math.max(1, Math.floor(chosen.bins / LEAST_WINDOWS));
  const steps = chosen.period ?? Math.max(1, Math.min(chosen.usual, most));
  const perCustomer = chosen.bins / steps;
  const hop = perCustomer >= PLENTY ? steps : Math.max(1, Math.round(steps / 4));
  const averaging = chooseAveraging(chosen.periodicity.autocorrelation, Math.floor(steps / 3));
  return {
    step: chosen.step,
    stepMs: chosen.ms,
    steps,
    hop,
    smoothWidth: averaging.width,
    reasons: {
      step: `${percent(chosen.zeros)} of a customer's steps are empty; finer ones are emptier or repeat nothing`,
      steps: reasonOfSteps(chosen, steps),
      hop:
        hop === steps
          ? `one window after another: the span holds ${Math.floor(perCustomer)} of a customer`
          : `overlapping: the span holds only ${inTwoDigits(perCustomer)} windows of a customer side by side`,
      smooth:
        averaging.width > 1
          ? `${averaging.width} steps around tell a step best (squared error ${inTwoDigits(averaging.error)} of the variance)`
          : averaging.error < 1
            ? 'the next steps tell a step best: there is no noise to average away'
            : 'neighbouring steps tell nothing of a step: averaging would blur it',
    },
    alternatives: alternativesOf(looks, chosen, steps),
    zeroSteps: chosen.zeros,
    periodicity: chosen.periodicity,
  };
}

/** Windows of one step, which embeddings that records carry are: about as long as there is between two of a customer. */
export function proposeEmbeddingWindow(usage: UsageSample, facts: EventFacts): WindowProposal {
  const gapMs = facts.gaps?.median ?? DAY;
  const step = STEPS.find(({ ms }) => ms >= 0.75 * gapMs) ?? STEPS.at(-1)!;
  const { zeros, periodicity } = look(step, usage, facts);
  return {
    ...{ step: step.step, stepMs: step.ms, steps: 1, hop: 1, smoothWidth: 1 },
    reasons: {
      step: facts.gaps === null ? 'no customer has two records' : 'about as long as between two records of a customer',
      ...{ steps: 'an embedding is a window', hop: 'one after another', smooth: 'as they are' },
    },
    ...{ alternatives: [], zeroSteps: zeros, periodicity },
  };
}

/** A step holds more than one reading, or one, and the span enough steps. */
function isPossible(ms: number, { first, last, regular }: EventFacts): boolean {
  const isReading = regular.share > 0.8;
  return (last - first) / ms >= LEAST_BINS && (!isReading || ms >= 0.99 * regular.gapMs);
}

function look({ step, ms, usual }: (typeof STEPS)[number], usage: UsageSample, { first, last }: EventFacts): Look {
  const bins = Math.max(1, Math.floor((last - first) / ms) + 1);
  const { series, zeros } = toSeries(usage, { ms, last, bins: Math.min(bins, MOST_BINS) });
  const periodicity = findPeriods(series);
  return { step, ms, usual, bins, zeros, periodicity, period: periodOf(periodicity, bins) };
}

/** The most correlated one that fits into a window, or a shorter one that is nearly as plain. */
function periodOf({ periods }: Periodicity, bins: number): number | undefined {
  const fitting = periods.filter(({ steps }) => steps >= SHORTEST && steps <= LONGEST && steps <= bins / LEAST_WINDOWS);
  if (fitting.length === 0) return undefined;
  const plainest = Math.max(...fitting.map(({ autocorrelation }) => autocorrelation));
  const close = fitting.filter(({ autocorrelation }) => autocorrelation > plainest - PLAINER);
  return Math.min(...close.map(({ steps }) => steps));
}

/** The finest that will do; where something repeats in too many steps for a window, the finest in which it fits. */
function choose(looks: readonly Look[]): Look | undefined {
  const fit = looks.filter(({ zeros, period }) => zeros <= (period === undefined ? MOST_ZEROS : MOST_ZEROS_PERIODIC));
  const [finest] = fit;
  const [coarsest] = looks.slice(-1);
  if (finest === undefined) return coarsest;
  return fit.find(({ period }) => period !== undefined) ?? fit.findLast(({ bins }) => bins >= 8 * LEAST_BINS) ?? finest;
}

/** Series of some customers, with the share of their steps, from first event to last, that are empty. */
function toSeries(
  usage: UsageSample,
  { ms, last, bins }: { readonly ms: number; readonly last: number; readonly bins: number },
): { readonly series: readonly Float64Array[]; readonly zeros: number } {
  const { times, values } = usage;
  const start = last - bins * ms;
  const rows = rowsByCustomer(usage).filter((own) => own.length > 1);
  const stride = Math.max(1, Math.ceil(rows.length / MOST_CUSTOMERS));
  let filled = 0;
  let lived = 0;
  const series = rows
    .filter((_, i) => i % stride === 0)
    .map((own) => {
      const one = new Float64Array(bins);
      const binOf = (row: number): number => Math.floor((times[row]! - start) / ms);
      lived += binOf(own.at(-1)!) - binOf(own[0]!) + 1;
      for (const [i, row] of own.entries()) {
        const bin = binOf(row);
        if (i === 0 || bin !== binOf(own[i - 1]!)) filled++;
        // Of a long span the newest steps are looked at; the last event lies on their edge.
        if (bin >= 0) one[Math.min(bins - 1, bin)]! += Number.isNaN(values[row]!) ? 0 : values[row]!;
      }
      return one;
    });
  return { series, zeros: lived === 0 ? 1 : 1 - filled / lived };
}

function reasonOfSteps({ step, ms, usual, period, periodicity }: Look, steps: number): string {
  if (period === undefined) {
    const share = `${steps} steps are ${steps < usual ? 'as many as a quarter of the span holds' : `what is usual with steps of one ${step}`}`;
    return `nothing repeats plainly in the periodogram; ${share}`;
  }
  const found = periodicity.periods.find((one) => one.steps === period)!;
  return `usage repeats after ${period} steps (${inTime(period * ms)}): autocorrelation ${inTwoDigits(found.autocorrelation)}, ${inTwoDigits(found.power)} times the mean power${weekBeside(periodicity, ms, period)}`;
}

/** Where a day was taken though a week repeats more plainly: what that does, and how to ask for the week. */
function weekBeside({ autocorrelation }: Periodicity, ms: number, period: number): string {
  const week = (7 * DAY) / ms;
  const ofWeek = autocorrelation[week];
  if (period * ms !== DAY || ofWeek === undefined || ofWeek < autocorrelation[period]! + WEEK_PLAINER) return '';
  const flags = week <= LONGEST ? `--steps ${week} --hop ${week}` : '--step hour --steps 168 --hop 168';
  return `; a week repeats more plainly (${inTwoDigits(ofWeek)}): with windows of a day weekends will look like moves; ask for the week by segtide run ${flags}`;
}

function alternativesOf(looks: readonly Look[], chosen: Look, steps: number): WindowProposal['alternatives'] {
  const periods = chosen.periodicity.periods
    .filter((one) => one.steps !== steps && one.steps >= SHORTEST && one.steps <= chosen.bins / LEAST_WINDOWS)
    .map((one) => ({
      step: chosen.step,
      steps: one.steps,
      reason: `usage repeats then, too (autocorrelation ${inTwoDigits(one.autocorrelation)})`,
    }));
  const distance = ({ ms }: Look): number => Math.abs(Math.log(ms / chosen.ms));
  const others = looks
    .filter(({ step, zeros }) => step !== chosen.step && zeros < MOSTLY_EMPTY)
    .sort((a, b) => distance(a) - distance(b))
    .map(({ step, period, usual, zeros, bins }) => ({
      step,
      steps: period ?? Math.max(1, Math.min(usual, Math.floor(bins / LEAST_WINDOWS))),
      reason: `${percent(zeros)} of the steps are empty, ${period === undefined ? 'nothing repeats' : 'usage repeats then'}`,
    }));
  return [...periods.slice(0, 2), ...others].slice(0, 4);
}

function inTime(ms: number): string {
  return ms % DAY === 0 || ms < DAY ? formatDuration(Math.round(ms)) : `${Number((ms / DAY).toPrecision(3))}d`;
}

/** Never as a power of ten: 150, not 1.5e+2. */
function inTwoDigits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

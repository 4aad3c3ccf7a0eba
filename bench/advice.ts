// Whether the advice for a segment is right: on simulated customers of known kinds, a segment's advice is made of every other
// window and held against what forecasts of the windows between them cost.
//
//   npx tsx bench/advice.ts [--customers 900] [--seeds 1,2,3] [--rates 2,6,24] [--verbose]
//
// A segment is a kind of customers; windows without usage belong to the inactive ones. The last quarter of each window between
// is forecast from the rest of it: by its mean, by the value of the day or week before (seasonal naive), and by the best model
// there can be: the kind's true curve times the customer's level so far. `model` is right where that saves at least 5 % of the
// better rule's error (RMSE, squared errors over the level), `rule` where it saves less, `inactive` for the inactive.
import { parseArgs } from 'node:util';
import { assign } from '../src/cluster/assign.js';
import type { ClusterModel } from '../src/cluster/cluster-model.js';
import { profileSegments } from '../src/cluster/profile-segments.js';
import type { Advice } from '../src/cluster/segment-profile.js';
import { planSegments } from '../src/simulate/segment-plan.js';
import { resolveSimulation } from '../src/simulate/simulation-options.js';
import { seasonFactor, USAGE_SEGMENTS, type UsageSegment, weekProfile } from '../src/simulate/usage-segment.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import { MASK_ZERO } from '../src/window/window-batch.js';
import { simulatedHours, type UsageHours } from './measure/usage-hours.js';

const DAYS = 168;
/** A week in quarters of a day, two and four weeks in days. */
const CUTS = [
  { name: 'week of 6 h', steps: 28, hours: 6 },
  { name: '2 weeks of days', steps: 14, hours: 24 },
  { name: '4 weeks of days', steps: 28, hours: 24 },
] as const;
const WORTHWHILE = 0.05;

const { values: flags } = parseArgs({
  options: {
    customers: { type: 'string', default: '900' },
    seeds: { type: 'string', default: '1,2,3' },
    rates: { type: 'string', default: '2,6,24' },
    verbose: { type: 'boolean', default: false },
  },
});

let right = 0;
let all = 0;
for (const seed of flags.seeds.split(',').map(Number)) {
  for (const rate of flags.rates.split(',').map(Number)) {
    const simulation = {
      ...{ seed, rate, customers: Number(flags.customers), days: DAYS },
      segments: Object.fromEntries(USAGE_SEGMENTS.map((segment) => [segment, 1])),
    };
    const usage = simulatedHours(simulation);
    const kinds = planSegments(resolveSimulation(simulation)).segments;
    for (const cut of CUTS) {
      const advices = adviseKinds(usage, kinds, cut);
      for (const [index, kind] of USAGE_SEGMENTS.entries()) {
        const gain = modelGain(usage, kinds, index, cut);
        const wanted: Advice = kind === 'inactive' ? 'inactive' : gain >= WORTHWHILE ? 'model' : 'rule';
        const { advice, skill } = advices[index]!;
        all++;
        if (advice === wanted) right++;
        if (advice !== wanted || flags.verbose) {
          const figures = `skill ${skill.toFixed(3)}, true gain ${gain.toFixed(3)}`;
          console.log(`seed ${seed}, ${rate} a day, ${cut.name}, ${kind}: ${advice}, right is ${wanted} (${figures})`);
        }
      }
    }
  }
}
console.log(`${right} of ${all} right: ${((100 * right) / all).toFixed(1)} %`);

type Cut = (typeof CUTS)[number];

/** What profiles of every other window say of each kind. */
function adviseKinds(usage: UsageHours, kinds: Uint8Array, cut: Cut) {
  const perCustomer = Math.floor((24 * DAYS) / (2 * cut.steps * cut.hours));
  const length = usage.customers * perCustomer;
  const values = new Float32Array(length * cut.steps);
  const segments = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const customer = Math.floor(i / perCustomer);
    const window = windowOf(usage, customer, 2 * (i % perCustomer), cut);
    values.set(window, i * cut.steps);
    segments[i] = window.every((value) => value === 0) ? USAGE_SEGMENTS.indexOf('inactive') : kinds[customer]!;
  }
  const mask = Uint8Array.from(values, (value) => (value === 0 ? MASK_ZERO : 0));
  const windows = toGivenWindows({ length, steps: cut.steps, channels: 1, values, mask });
  const k = USAGE_SEGMENTS.length;
  const model: ClusterModel = {
    ...{ modelVersion: 'kinds', centroidEpoch: 0, k, size: 1, segmentIds: USAGE_SEGMENTS },
    centroids: Float32Array.from({ length: k }, (_, j) => j),
    weights: new Float64Array(k),
  };
  const inactive = Uint8Array.from(segments, (_, i) => Number(windowIsEmpty(values, i, cut.steps)));
  const series = { windows, length, steps: cut.steps, channels: 1, values, mask, inactive };
  const scales = { centers: new Float32Array(length), scales: new Float32Array(length).fill(1) };
  const assignments = assign(model, {
    series: { ...series, ...scales },
    ...{ length, embeddingSize: 1, embeddings: Float32Array.from(segments), latents: undefined },
    reconstructionErrors: undefined,
  });
  return profileSegments(assignments).map(({ advice, channels }) => ({ advice, skill: channels[0]!.forecastSkill }));
}

/** What the best model saves in the windows between, as part of the better rule's error. */
function modelGain(usage: UsageHours, kinds: Uint8Array, kind: number, cut: Cut): number {
  const windows = Math.floor((24 * DAYS) / (cut.steps * cut.hours));
  const from = cut.steps - Math.round(cut.steps / 4);
  const day = 24 / cut.hours;
  const week = (7 * 24) / cut.hours;
  const errors = { mean: 0, day: 0, week: 0, model: 0 };
  const expected = Array.from({ length: windows }, (_, w) => expectedUsage(USAGE_SEGMENTS[kind]!, w, cut));
  for (let customer = 0; customer < usage.customers; customer++) {
    if (kinds[customer] !== kind) continue;
    for (let w = 1; w < windows; w += 2) {
      const window = windowOf(usage, customer, w, cut);
      const curve = expected[w]!;
      const level = meanOf(window, from);
      if (level === 0) continue;
      const scale = level / meanOf(curve, from);
      for (let t = from; t < cut.steps; t++) {
        const add = (name: keyof typeof errors, forecast: number): void => {
          errors[name] += (forecast - window[t]!) ** 2 / level;
        };
        add('mean', level);
        add('day', valueBefore(window, t, from, day));
        add('week', valueBefore(window, t, from, week));
        add('model', scale * curve[t]!);
      }
    }
  }
  const rule = Math.min(errors.mean, errors.day, errors.week);
  return rule === 0 ? 0 : 1 - Math.sqrt(errors.model / rule);
}

function expectedUsage(segment: UsageSegment, window: number, { steps, hours }: Cut): Float64Array {
  const profile = weekProfile(segment);
  const expected = new Float64Array(steps);
  for (let at = 0; at < steps * hours; at++) {
    const hour = window * steps * hours + at;
    expected[Math.floor(at / hours)]! += profile[hour % profile.length]! * seasonFactor(segment, hour / 24, DAYS);
  }
  return expected;
}

function windowOf(usage: UsageHours, customer: number, window: number, { steps, hours }: Cut): Float32Array {
  const values = new Float32Array(steps);
  const from = customer * usage.hours + window * steps * hours;
  for (let at = 0; at < steps * hours; at++) values[Math.floor(at / hours)]! += usage.values[from + at]!;
  return values;
}

/** The last value so many steps before that was there before the forecast; the mean where the window is too short. */
function valueBefore(window: Float32Array, t: number, from: number, season: number): number {
  const at = t - season * Math.ceil((t - from + 1) / season);
  return at >= 0 ? window[at]! : meanOf(window, from);
}

function meanOf(values: Float32Array | Float64Array, to: number): number {
  let sum = 0;
  for (let t = 0; t < to; t++) sum += values[t]!;
  return sum / to;
}

function windowIsEmpty(values: Float32Array, row: number, steps: number): boolean {
  return values.subarray(row * steps, (row + 1) * steps).every((value) => value === 0);
}

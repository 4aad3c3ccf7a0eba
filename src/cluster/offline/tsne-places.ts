import type { Abortable } from '../../numeric/abortable.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';
import { principalPlaces } from './principal-places.js';

/** Neighbours that each row keeps near, in effect; fewer of few rows. */
const PERPLEXITY = 30;
const STEPS = 500;
/** For so many steps rows are drawn together harder, and go on their way more slowly. */
const EARLY_STEPS = 250;
const EXAGGERATION = 12;
/** Standard deviation of places along the first direction at the start. */
const START = 1e-4;
const LEAST_GAIN = 0.01;
const PAUSE_EVERY = 10;

/**
 * Places rows in two dimensions by t-SNE (van der Maaten and Hinton, 2008), exact, from their principal components on; the
 * same each time. Memory and time grow with the square of the rows: 1,000 take 8 MB and some seconds.
 *
 * @returns (length, 2)
 * @throws SegtideError `aborted` on request
 */
export async function tsnePlaces(points: Points, signal?: Abortable): Promise<Float64Array> {
  const { length } = points;
  const places = await principalPlaces(points);
  if (length < 3) return places;
  const affinities = toAffinities(points);
  shrink(places);
  const rate = Math.max(50, length / EXAGGERATION / 4);
  const gradient = new Float64Array(2 * length);
  const moved = new Float64Array(2 * length);
  const gains = new Float64Array(2 * length).fill(1);
  for (let step = 0; step < STEPS; step++) {
    if (step % PAUSE_EVERY === 0) await pause(signal);
    const isEarly = step < EARLY_STEPS;
    writeGradient(affinities, places, isEarly ? EXAGGERATION : 1, gradient);
    const momentum = isEarly ? 0.5 : 0.8;
    for (let i = 0; i < places.length; i++) {
      // A step that turns back is made shorter, one that goes on longer (Jacobs, 1988).
      const isOnward = gradient[i]! * moved[i]! < 0;
      gains[i] = Math.max(LEAST_GAIN, isOnward ? gains[i]! + 0.2 : gains[i]! * 0.8);
      moved[i] = momentum * moved[i]! - rate * gains[i]! * gradient[i]!;
      places[i]! += moved[i]!;
    }
  }
  return places;
}

/** How near each pair is to the other, by both rows' own measure; all pairs add up to 1. @returns (length, length) */
function toAffinities(points: Points): Float64Array {
  const { length } = points;
  const affinities = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < i; j++) {
      const squared = squaredDistance(points, i, j);
      affinities[i * length + j] = squared;
      affinities[j * length + i] = squared;
    }
  }
  const perplexity = Math.min(PERPLEXITY, (length - 1) / 3);
  for (let i = 0; i < length; i++) toProbabilities(affinities.subarray(i * length, (i + 1) * length), i, perplexity);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < i; j++) {
      const both = (affinities[i * length + j]! + affinities[j * length + i]!) / (2 * length);
      affinities[i * length + j] = both;
      affinities[j * length + i] = both;
    }
  }
  return affinities;
}

const SEARCH_STEPS = 64;
const NEAR_ENOUGH = 1e-5;

/** Turns a row's squared distances into probabilities by a Gaussian as wide as makes their entropy that of the perplexity. */
function toProbabilities(row: Float64Array, own: number, perplexity: number): void {
  const target = Math.log(perplexity);
  const squared = row.slice();
  let nearest = Number.POSITIVE_INFINITY;
  let mean = 0;
  for (const [j, distance] of squared.entries()) {
    if (j === own) continue;
    nearest = Math.min(nearest, distance);
    mean += distance / (squared.length - 1);
  }
  let precision = mean > nearest ? 1 / (mean - nearest) : 1;
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const off = writeGaussian(row, squared, own, nearest, precision) - target;
    if (Math.abs(off) < NEAR_ENOUGH) return;
    if (off > 0) least = precision;
    else most = precision;
    precision = most === Number.POSITIVE_INFINITY ? 2 * precision : (least + most) / 2;
  }
}

/** @returns the entropy in nats */
function writeGaussian(
  row: Float64Array,
  squared: Float64Array,
  own: number,
  nearest: number,
  precision: number,
): number {
  let sum = 0;
  let weighted = 0;
  for (let j = 0; j < row.length; j++) {
    const beyond = squared[j]! - nearest;
    const value = j === own ? 0 : Math.exp(-precision * beyond);
    row[j] = value;
    sum += value;
    weighted += value * beyond;
  }
  for (let j = 0; j < row.length; j++) row[j]! /= sum;
  return Math.log(sum) + (precision * weighted) / sum;
}

function shrink(places: Float64Array): void {
  let squares = 0;
  for (let i = 0; i < places.length; i += 2) squares += places[i]! * places[i]!;
  const deviation = Math.sqrt((2 * squares) / places.length);
  if (deviation > 0) for (let i = 0; i < places.length; i++) places[i]! *= START / deviation;
}

/** Gradient of the divergence between affinities and those of the places, by Student's t of one degree of freedom. */
function writeGradient(affinities: Float64Array, places: Float64Array, exaggeration: number, out: Float64Array): void {
  const length = places.length / 2;
  const apart = new Float64Array(places.length);
  out.fill(0);
  let total = 0;
  for (let i = 1; i < length; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    let [pullX, pullY, pushX, pushY] = [0, 0, 0, 0];
    for (let j = 0; j < i; j++) {
      const dx = x - places[2 * j]!;
      const dy = y - places[2 * j + 1]!;
      const near = 1 / (1 + dx * dx + dy * dy);
      total += 2 * near;
      const pull = affinities[i * length + j]! * near;
      const push = near * near;
      pullX += pull * dx;
      pullY += pull * dy;
      pushX += push * dx;
      pushY += push * dy;
      out[2 * j]! -= pull * dx;
      out[2 * j + 1]! -= pull * dy;
      apart[2 * j]! -= push * dx;
      apart[2 * j + 1]! -= push * dy;
    }
    out[2 * i]! += pullX;
    out[2 * i + 1]! += pullY;
    apart[2 * i]! += pushX;
    apart[2 * i + 1]! += pushY;
  }
  for (let i = 0; i < out.length; i++) out[i] = 4 * (exaggeration * out[i]! - apart[i]! / total);
}

import { assign } from '../../src/cluster/assign.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { createClusterModel } from '../../src/cluster/create-cluster-model.js';
import type { EmbeddingBatch } from '../../src/encode/embedding-batch.js';
import { createRandom, type Random } from '../../src/numeric/random.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** What is the same all the time, though waves of windows are not independent draws. */
export const STATIONARY = ['independent', 'habits', 'overlapping', 'weekly', 'common', 'shares', 'order'] as const;
export type StreamKind = (typeof STATIONARY)[number];

export interface DriftStreamOptions {
  readonly kind: StreamKind;
  readonly seed: number;
  readonly customers: number;
  readonly waves: number;
  /** From this wave on `share` of the customers lies 1 sd within segments further in the first coordinate. */
  readonly shift?: { readonly atWave: number; readonly share: number };
}

export const SIZE = 8;
const SEGMENTS = 5;
export const DAY = 86_400_000;
const STEPS = 4;

/** Centroids far enough apart that hardly a window changes segment by chance. */
export function driftModel(): ClusterModel {
  const random = createRandom(77);
  const centroids = Float32Array.from({ length: SEGMENTS * SIZE }, () => 6 * random.normal());
  const membership = new Uint16Array(0);
  const model = createClusterModel(
    'v1',
    {
      centroids,
      k: SEGMENTS,
      size: SIZE,
      counts: new Float64Array(SEGMENTS).fill(100),
      inertia: SIZE,
      membership,
    } as never,
    ['s1', 's2', 's3', 's4', 's5'],
  );
  return { ...model, meanInertia: SIZE };
}

/** One wave after the other: each customer's window of the day, embedded with a variance of 1 within segments. */
export function* driftStream(model: ClusterModel, options: DriftStreamOptions): Generator<AssignmentBatch> {
  const { kind, seed, customers, waves, shift } = options;
  const random = createRandom(seed);
  const segments = Uint16Array.from({ length: customers }, (_, i) =>
    kind === 'order' ? Math.floor((SEGMENTS * i) / customers) : random.below(SEGMENTS),
  );
  const shifted = Uint8Array.from({ length: customers }, () => (random.next() < (shift?.share ?? 0) ? 1 : 0));
  const noise = noiseOf(kind, customers, random);
  for (let wave = 0; wave < waves; wave++) {
    if (kind === 'shares') moveShares(segments, random);
    const common = kind === 'common' ? 0.1 * random.normal() : 0;
    const values = noise();
    for (let i = 0; i < customers; i++) {
      for (let m = 0; m < SIZE; m++) values[i * SIZE + m]! += model.centroids[segments[i]! * SIZE + m]!;
      if (kind === 'weekly') values[i * SIZE + 1]! += wave % 7 < 5 ? 0 : 0.3;
      // Customers who came later are a little different, wherever they are in their segment.
      if (kind === 'order') values[i * SIZE + 2]! += i / customers - 0.5;
      values[i * SIZE]! += common;
      if (shift !== undefined && wave >= shift.atWave && shifted[i] === 1) values[i * SIZE]! += 1;
    }
    yield assign(model, toEmbeddings(values, customers, wave, random));
  }
}

/** Noise of variance 1 of every customer, drawn wave after wave. */
function noiseOf(kind: StreamKind, customers: number, random: Random): () => Float32Array {
  const draw = (scale: number): Float32Array =>
    Float32Array.from({ length: customers * SIZE }, () => scale * random.normal());
  if (kind === 'habits') {
    const habits = draw(Math.sqrt(0.7));
    return () => draw(Math.sqrt(0.3)).map((value, i) => value + habits[i]!);
  }
  if (kind === 'overlapping') {
    const days = Array.from({ length: 7 }, () => draw(1 / Math.sqrt(7)));
    return () => {
      days.shift();
      days.push(draw(1 / Math.sqrt(7)));
      return days[0]!.map((_, i) => days.reduce((sum, day) => sum + day[i]!, 0));
    };
  }
  return () => draw(1);
}

/** Some customers go over to the first segment for a while, and back: its share wanders between a fifth and a half. */
function moveShares(segments: Uint16Array, random: Random): void {
  for (let i = 0; i < segments.length; i++) {
    if (random.next() < 0.02) segments[i] = random.next() < 0.5 ? 0 : random.below(SEGMENTS);
  }
}

function toEmbeddings(embeddings: Float32Array, length: number, wave: number, random: Random): EmbeddingBatch {
  const windows: WindowBatch = {
    length,
    steps: STEPS,
    channels: 1,
    customers: Uint32Array.from({ length }, (_, i) => i),
    ids: { text: (slot) => `c${slot}` },
    starts: new Float64Array(length).fill(wave * DAY),
    ends: new Float64Array(length).fill((wave + 1) * DAY),
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    values: Float32Array.from({ length: length * STEPS }, () => Math.exp(random.normal())),
    mask: new Uint8Array(length * STEPS),
    observedSteps: new Uint16Array(length).fill(STEPS),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: (wave + 1) * DAY,
  };
  const { values, mask } = windows;
  const series = {
    windows,
    length,
    steps: STEPS,
    channels: 1,
    values,
    mask,
    inactive: new Uint8Array(length),
    centers: new Float32Array(length),
    scales: new Float32Array(length).fill(1),
  };
  // Errors are skewed, as they are in life.
  const reconstructionErrors = Float32Array.from({ length }, () => 0.1 * Math.exp(0.7 * random.normal()));
  return { series, length, embeddingSize: SIZE, embeddings, latents: undefined, reconstructionErrors };
}

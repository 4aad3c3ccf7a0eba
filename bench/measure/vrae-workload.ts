import { INFERENCE_ROWS } from '../../src/encode/vrae/inference-rows.js';
import { createParameters } from '../../src/encode/vrae/initial-parameters.js';
import { clipScale, createOptimizer } from '../../src/encode/vrae/optimizer.js';
import type { RecurrentEngine } from '../../src/encode/vrae/recurrent-engine.js';
import { createVraeNetwork } from '../../src/encode/vrae/vrae-network.js';
import { resolveVrae } from '../../src/encode/vrae/vrae-options.js';
import type { VraeShape } from '../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../src/numeric/random.js';

/** The two shapes that are measured; one channel, read in one direction. */
export const SHAPES = {
  S: { steps: 24, hidden: 32, latent: 8 },
  E: { steps: 140, hidden: 90, latent: 20 },
} as const;

/** A whole update but for dealing the series out: noise, forward, loss, backward, clipping and Adam. */
export function createUpdate(engine: RecurrentEngine, shape: VraeShape, rows: number): () => void {
  const random = createRandom(1);
  const settings = resolveVrae();
  const network = createVraeNetwork(engine, shape, { rows, training: settings });
  const first = createParameters(shape, random);
  const parameters = network.precision === 'float64' ? first : Float32Array.from(first);
  const gradient = parameters.slice();
  const optimizer = createOptimizer(settings, parameters);
  const values = Float32Array.from({ length: rows * shape.steps }, () => random.normal());
  const mask = new Uint8Array(values.length);
  const noise = new Float64Array(rows * shape.latent);
  return () => {
    for (let i = 0; i < noise.length; i++) noise[i] = random.normal();
    network.load(parameters);
    network.differentiate({ rows, values, mask, noise, beta: 0.1 }, gradient);
    optimizer.step(parameters, gradient, 1e-4, clipScale(gradient, 5));
  };
}

/** Encoding to the posterior mean. */
export function createInference(engine: RecurrentEngine, shape: VraeShape, rows: number): () => void {
  const random = createRandom(1);
  const network = createVraeNetwork(engine, shape, { rows: Math.min(rows, INFERENCE_ROWS) });
  network.load(createParameters(shape, random).map(Math.fround));
  const values = Float32Array.from({ length: rows * shape.steps }, () => random.normal());
  const posterior = new Float32Array(rows * 2 * shape.latent);
  return () => network.infer(values, rows, posterior);
}

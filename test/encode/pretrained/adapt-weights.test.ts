import { describe, expect, it } from 'vitest';
import { adaptWeights } from '../../../src/encode/pretrained/adapt-weights.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import { createVraeNetwork } from '../../../src/encode/vrae/vrae-network.js';
import type { VraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { toWeights, type VraeWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { shapeOf } from '../vrae/vrae-batches.js';

const SHAPE = shapeOf({ steps: 5, channels: 1, hidden: 6, latent: 3, cell: 'lstm', depth: 1, bidirectional: true });
const WEIGHTS = toWeights(SHAPE, createParameters(SHAPE, createRandom(1)));

describe('adaptWeights', () => {
  it('leaves weights as they are for windows of another length', () => {
    expect(adaptWeights(WEIGHTS, { ...SHAPE, steps: 30 })).toEqual({ ...WEIGHTS, shape: { ...SHAPE, steps: 30 } });
  });

  it('reads several equal channels as it reads one, and decodes each like it', () => {
    const one = Float32Array.from({ length: 5 }, (_, i) => Math.sin(i));
    const three = Float32Array.from({ length: 15 }, (_, i) => one[Math.floor(i / 3)]!);
    const single = pass(WEIGHTS, one);
    const triple = pass(adaptWeights(WEIGHTS, { ...SHAPE, channels: 3 })!, three);
    triple.posterior.forEach((value, i) => {
      expect(value).toBeCloseTo(single.posterior[i]!, 6);
    });
    triple.decoded.forEach((value, i) => {
      expect(value).toBeCloseTo(single.decoded[Math.floor(i / 3)]!, 6);
    });
  });

  it('keeps the latents that move the decoder most, with their means and variances', () => {
    const values = WEIGHTS.values.slice();
    const { start } = toLayout(SHAPE).tensors.find(({ name }) => name === 'initial.weights')!;
    for (let i = 0; i < SHAPE.hidden; i++) values[start + i * 3 + 1] = 0;
    const series = Float32Array.from([1, -1, 0.5, 2, 0]);
    const before = pass({ shape: SHAPE, values }, series);
    const after = pass(adaptWeights({ shape: SHAPE, values }, { ...SHAPE, latent: 2 })!, series);
    const kept = [0, 2, 3, 5].map((i) => expect.closeTo(before.posterior[i]!, 6));
    expect([...after.posterior]).toEqual(kept);
    expect([...after.decoded]).toEqual([...before.decoded].map((value) => expect.closeTo(value, 6)));
  });

  it.each([
    { hidden: 7 },
    { latent: 4 },
    { cell: 'gru' },
    { depth: 2 },
    { bidirectional: false },
    { decoder: 'autoregressive' },
    { output: 'softplus' },
  ] as const)('has none for %o', (other) => {
    expect(adaptWeights(WEIGHTS, { ...SHAPE, ...other } as VraeShape)).toBeUndefined();
  });
});

/** One series through a network: its posterior, and what its mean decodes to. */
function pass({ shape, values }: VraeWeights, series: Float32Array) {
  const network = createVraeNetwork(createJsEngine(), shape, { rows: 1 });
  network.load(values);
  const posterior = new Float64Array(2 * shape.latent);
  network.infer(series, 1, posterior);
  const decoded = new Float32Array(shape.steps * shape.channels);
  network.decode(posterior.slice(0, shape.latent), 1, decoded);
  return { posterior, decoded };
}

import { describe, expect, it } from 'vitest';
import { createAttention } from '../../../src/encode/transformer/attention.js';
import { createLayerNorm } from '../../../src/encode/transformer/layer-norm.js';
import { createTimeEmbedding } from '../../../src/encode/transformer/time-embedding.js';
import { TRANSFORMER_ARCHITECTURE } from '../../../src/encode/transformer/transformer-architecture.js';
import { resolveTransformer, type TransformerOptions } from '../../../src/encode/transformer/transformer-options.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import type { FloatBuffer } from '../../../src/encode/vrae/recurrent-engine.js';

function toBuffer(...values: readonly number[]): FloatBuffer {
  return { length: values.length, values: Float64Array.from(values) };
}

describe('attention', () => {
  it('takes of each value what its key and the query have in common, head by head', () => {
    const engine = createJsEngine();
    const attention = createAttention(engine, { rows: 1, tokens: 2, width: 2, heads: 2, training: false });
    // The first head: queries 0 and log 3, keys 1 and 0, values 10 and 20. The second: queries 0, values 1 and 3.
    const queries = toBuffer(0, 0, 1, 5, 10, 1, Math.log(3), 0, 0, 7, 20, 3);
    const context = engine.allocate(4);
    attention.forward(queries, 1, context);
    // Without a query all count alike; with one, the first key counts three times as much.
    const expected = [15, 2, 12.5, 2];
    for (const [i, value] of expected.entries()) expect(context.values[i]).toBeCloseTo(value, 12);
  });

  it('looks at one row alone', () => {
    const engine = createJsEngine();
    const attention = createAttention(engine, { rows: 2, tokens: 1, width: 1, heads: 1, training: false });
    const context = engine.allocate(2);
    attention.forward(toBuffer(1, 2, 3, 4, 5, 6), 2, context);
    expect([...context.values]).toEqual([3, 6]);
  });
});

describe('layer normalisation', () => {
  it('gives each token mean zero and variance one, before gains and shifts', () => {
    const norm = createLayerNorm(createJsEngine(), { start: 0, width: 2, rows: 2, training: false });
    norm.load(Float64Array.of(2, 3, 0, 10));
    const out = toBuffer(0, 0, 0, 0);
    norm.forward(toBuffer(1, 3, -5, -5), 2, out);
    expect([...out.values].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-2, 13, 0, 10]);
  });
});

describe('the time embedding', () => {
  it('is a straight line and waves over the window', () => {
    const time = createTimeEmbedding(createJsEngine(), { start: 0, tokens: 2, width: 3 });
    // Frequencies of one over pi, one and two cycles a window; phases -1, 0 and a quarter turn.
    time.load(Float64Array.of(1 / Math.PI, 1, 2, -1, 0, Math.PI / 2));
    const tokens = toBuffer(1, 1, 1, 1, 1, 1);
    time.add(tokens, 1);
    // A quarter and three quarters through the window.
    expect([...tokens.values].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.5, 2, 0, 1.5, 0, 0]);
  });
});

describe('the transformer autoencoder', () => {
  it.each([
    [24, 1],
    [25, 2],
    [140, 6],
    [720, 30],
    [9000, 375],
  ])('cuts %i steps in patches of %i, unless it is told how', (steps, patch) => {
    const shape = { steps, channels: 1, latent: 8, output: 'linear' } as const;
    expect(TRANSFORMER_ARCHITECTURE.toShape(resolveTransformer(), shape).patch).toBe(patch);
    expect(TRANSFORMER_ARCHITECTURE.toShape(resolveTransformer({ patch: 48 }), shape).patch).toBe(Math.min(48, steps));
  });

  it.each<[TransformerOptions, string]>([
    [{ width: 30 }, '`transformer.width` must be a multiple of `transformer.heads`, which share it; got 30 and 4'],
    [{ patch: 0 }, '`transformer.patch` must be a whole number from 1 to 1000; got 0'],
    [{ depth: 7 }, '`transformer.depth` must be a whole number from 1 to 6; got 7'],
  ])('refuses in words: %o', (options, reason) => {
    expect(() => resolveTransformer(options)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(reason) }),
    );
  });
});

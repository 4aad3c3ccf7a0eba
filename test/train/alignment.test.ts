import { describe, expect, it } from 'vitest';
import { mapRows } from '../../src/numeric/affine-map.js';
import { alignEmbeddings } from '../../src/train/alignment.js';
import { embeddingsOf } from '../cluster/embeddings.js';

// Three versions of the same four windows: each is the one before after a quarter turn, and moved.
const V1 = embeddingsOf([
  [2, 0],
  [0, 1],
  [-3, 0],
  [0, -1],
]);
const V2 = embeddingsOf([
  [10, 2],
  [9, 0],
  [10, -3],
  [11, 0],
]);
const V3 = embeddingsOf([
  [-2, 15],
  [0, 14],
  [3, 15],
  [0, 16],
]);

describe('alignEmbeddings', () => {
  it('maps nothing for the first model, nor where it is not asked to', async () => {
    expect(await alignEmbeddings(V1, undefined, { to: 'first', scale: false })).toBeNull();
    const champion = { model: { version: 'v1', alignment: undefined }, embeddings: V1 };
    expect(await alignEmbeddings(V2, champion, { to: 'none', scale: false })).toBeNull();
  });

  it.each([
    ['previous', ['v1', V1], ['v2', V2]],
    ['first', ['v1', V1], ['v1', V1]],
  ] as const)('maps onto the %s version, model by model', async (to, second, third) => {
    const settings = { to, scale: false };
    const v1 = { model: { version: 'v1', alignment: undefined }, embeddings: V1 };
    const onto1 = (await alignEmbeddings(V2, v1, settings))!;
    const v2 = { model: { version: 'v2', alignment: onto1 }, embeddings: V2 };
    const onto2 = (await alignEmbeddings(V3, v2, settings))!;
    for (const [alignment, own, [version, space]] of [
      [onto1, V2, second],
      [onto2, V3, third],
    ] as const) {
      expect(alignment.to).toBe(version);
      expect(alignment.residual).toBeLessThan(1e-6);
      mapRows(alignment.map, own.embeddings).forEach((value, at) => {
        expect(value).toBeCloseTo(space.embeddings[at]!, 4);
      });
    }
  });

  it('goes on from a version of another size', async () => {
    const flat = embeddingsOf([[2], [0], [-3], [0]]);
    const champion = { model: { version: 'v1', alignment: undefined }, embeddings: V1 };
    const alignment = (await alignEmbeddings(flat, champion, { to: 'previous', scale: false }))!;
    expect(alignment.map).toMatchObject({ inputs: 1, outputs: 2 });
    // What the second dimension tells is lost: 2 of a spread of 2² + 3² - 4 · 0.25² + 2.
    expect(alignment.residual).toBeCloseTo(Math.sqrt(2 / 14.75), 6);
  });

  it('maps nothing where there are too few windows to tell how', async () => {
    const two = embeddingsOf([
      [1, 0],
      [0, 1],
    ]);
    const champion = { model: { version: 'v1', alignment: undefined }, embeddings: two };
    expect(await alignEmbeddings(two, champion, { to: 'previous', scale: false })).toBeNull();
  });
});

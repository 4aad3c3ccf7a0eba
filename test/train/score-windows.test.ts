import { describe, expect, it } from 'vitest';
import { silhouette } from '../../src/cluster/silhouette.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { scoreWindows } from '../../src/train/score-windows.js';
import { selectWindows } from '../../src/train/window-rows.js';
import { smallModels, smallWindows } from '../support/small-models.js';

/** A thousand windows: four chunks of an encoder, and as many distances as one part of a silhouette has. */
async function manyWindows() {
  const windows = smallWindows();
  const rows = Uint32Array.from({ length: 1_100 }, (_, i) => i % windows.length);
  const [trained] = await smallModels(1);
  return { windows: selectWindows(windows, rows), model: decodeArtifact(trained!.artifact) };
}

describe('scoring windows', () => {
  it('asks between the parts of its work whether it is to stop, and stops at once', async () => {
    const { windows, model } = await manyWindows();
    const stopAt = async (ask: number): Promise<number> => {
      let asks = 0;
      const signal = {
        get aborted() {
          return ++asks === ask;
        },
      };
      await scoreWindows(model, windows, { seed: 1, encoder: { engine: 'js' }, signal }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'aborted' });
      });
      return asks;
    };
    const whole = await stopAt(Number.POSITIVE_INFINITY);
    // Five chunks are encoded, and the silhouette has at least one pause.
    expect(whole).toBeGreaterThan(5);
    for (let ask = 1; ask <= whole; ask++) expect(await stopAt(ask)).toBe(ask);
  });

  it('gives the silhouette that is taken at once', async () => {
    const { windows, model } = await manyWindows();
    const { assignments, silhouette: inParts } = await scoreWindows(model, windows, {
      seed: 1,
      encoder: { engine: 'js' },
    });
    const { embeddings, embeddingSize } = assignments.embeddings;
    expect(inParts).toBe(silhouette(embeddings, embeddingSize, assignments.nearest, { sample: 10_000 }));
  });
});

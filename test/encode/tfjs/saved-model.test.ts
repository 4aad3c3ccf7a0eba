import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../../src/encode/open-encoder.js';
import { fitTfjsModel } from '../../../src/encode/tfjs/fit-tfjs-model.js';
import { loadTfjsRuntime } from '../../../src/encode/tfjs/load-tfjs-runtime.js';
import { toSeriesBatch } from '../vrae/vrae-batches.js';

// Of make-saved-model.py.
const file = fileURLToPath(new URL('fixtures/saved-model', import.meta.url));
const SHAPE = { steps: 3, channels: 2 };
const WINDOW = toSeriesBatch({
  ...{ ...SHAPE, length: 1 },
  ...{ values: Float32Array.of(1, 10, 2, 20, 3, 30), mask: new Uint8Array(6) },
});

const runtime = await loadTfjsRuntime();
const isNode = runtime.node !== undefined;

async function encode(layer: string): Promise<readonly number[]> {
  const fitted = await fitTfjsModel({ file, layer }, SHAPE, runtime);
  const encoder = openEncoder({ ...fitted, fill: new Float32Array(fitted.size) }, 'v1', 'js');
  const { embeddings } = await encoder.encode(WINDOW);
  encoder.dispose();
  return [...embeddings];
}

describe('a SavedModel', () => {
  it.runIf(isNode)('gives each window an output of its signature', async () => {
    expect(await encode('means')).toEqual([2, 20]);
    expect(await encode('embedding')).toEqual([22, -18]);
  });

  it.runIf(isNode)('is refused without a name where it has several outputs, and by one that it lacks', async () => {
    await expect(fitTfjsModel({ file }, SHAPE, runtime)).rejects.toThrow('it has 2 outputs; name one by encoder.layer');
    await expect(encode('mean')).rejects.toThrow('it has no output mean; did you mean means?');
    const fitted = fitTfjsModel({ file, layer: 'means' }, { steps: 4, channels: 2 }, runtime);
    await expect(fitted).rejects.toThrow('its input takes (?, 3, 2), and windows have 4 steps');
  });

  it('needs tfjs-node, and is refused without', async () => {
    const { node: _, ...without } = runtime;
    await expect(fitTfjsModel({ file, layer: 'means' }, SHAPE, without)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/SavedModel, which needs @tensorflow\/tfjs-node, .*tensorflowjs_converter/),
    });
  });
});

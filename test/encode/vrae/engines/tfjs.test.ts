import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as core from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadTfjs, type Tfjs } from '../../../../src/encode/vrae/engines/tfjs/load-tfjs.js';
import { createTfjsEngine } from '../../../../src/encode/vrae/engines/tfjs/tfjs-engine.js';
import { trainVrae } from '../../../../src/encode/vrae/train-vrae.js';
import { createVraeNetwork } from '../../../../src/encode/vrae/vrae-network.js';
import { resolveVrae } from '../../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../../src/encode/vrae/vrae-shape.js';
import { createWaves } from '../vrae-batches.js';
import { describeEngine } from './contract.js';

// Where one is installed: SEGTIDE_TEST_TFJS_NODE=…/node_modules/@tensorflow/tfjs-node/dist/index.js
const installation = process.env.SEGTIDE_TEST_TFJS_NODE;

const backends: readonly (readonly [string, () => Promise<Tfjs>])[] = [
  ['tfjs-core with its CPU backend', async () => core],
  ...(installation === undefined ? [] : [['tfjs-node', () => loadTfjs(installation)] as const]),
];

for (const [name, load] of backends) {
  describeEngine(name, async () => {
    const tf = await load();
    await tf.ready();
    return createTfjsEngine(tf);
  });

  describe(name, () => {
    it('leaves no tensor behind', async () => {
      const tf = await load();
      await tf.ready();
      const before = tf.memory().numTensors;
      const settings = resolveVrae({ hidden: 4, latent: 2, updates: 3, batch: 8, cell: 'lstm', depth: 2 });
      const series = createWaves(20, 4, 1);
      const network = createVraeNetwork(createTfjsEngine(tf), toVraeShape(settings, series), {
        rows: 8,
        training: settings,
      });
      trainVrae({ settings, series }, { network });
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

describe('loadTfjs', () => {
  it('rejects where tfjs-node is not installed', async () => {
    await expect(loadTfjs('@tensorflow/tfjs-node-of-another-world')).rejects.toThrow(
      /^@tensorflow\/tfjs-node-of-another-world is not installed$/,
    );
  });
});

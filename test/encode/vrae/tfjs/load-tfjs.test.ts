import { describe, expect, it } from 'vitest';
import { loadTfjs } from '../../../../src/encode/vrae/tfjs/load-tfjs.js';
import { describeNetwork } from './describe-network.js';

// Where one is installed: SEGTIDE_TEST_TFJS_NODE=…/node_modules/@tensorflow/tfjs-node
const installation = process.env.SEGTIDE_TEST_TFJS_NODE;
if (installation !== undefined) describeNetwork('tfjs-node', () => loadTfjs(`${installation}/dist/index.js`));

describe('loadTfjs', () => {
  it('gives undefined where tfjs-node is not installed', async () => {
    expect(await loadTfjs('@tensorflow/tfjs-node-of-another-world')).toBeUndefined();
  });
});

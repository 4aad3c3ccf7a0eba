import { describe, expect, it } from 'vitest';
import { fitViews } from '../../../src/encode/views/fit-views.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createGraphBuilder } from '../../../src/train/onnx/graph-builder.js';
import { addViews } from '../../../src/train/onnx/view-nodes.js';
import { createUsage, plainScale } from '../../encode/views/view-windows.js';

describe('addViews', () => {
  it('refuses windows that are turned, and says what to do', async () => {
    const options = { kinds: ['profile'], shift: 'invariant', scale: plainScale(1), seed: 1 } as const;
    const fitted = await fitViews(createUsage(20, 24), options, createJsEngine());
    const graph = createGraphBuilder();
    const usage = graph.input({ name: 'usage', dtype: 'float64', shape: ['batch', 24, 1] });
    expect(() => addViews(graph, fitted, [1], { usage, unknown: usage, latents: undefined })).toThrow(
      'encoder.shift: aligned',
    );
  });
});

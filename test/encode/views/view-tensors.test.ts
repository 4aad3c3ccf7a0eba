import { describe, expect, it } from 'vitest';
import { fitViews } from '../../../src/encode/views/fit-views.js';
import type { FittedViews } from '../../../src/encode/views/fitted-views.js';
import { VIEW_KINDS, type ViewKind } from '../../../src/encode/views/view-kind.js';
import { fromViewTensors, type StoredViews, toViewTensors } from '../../../src/encode/views/view-tensors.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/numeric/safetensors.js';
import { createUsage, plainScale } from './view-windows.js';

async function fitTo(kinds: readonly ViewKind[], isScaledAlone = false): Promise<FittedViews> {
  const windows = createUsage(40, 24, 2);
  const latents = { length: 40, latentSize: 2, values: Float32Array.from({ length: 80 }, (_, i) => Math.sin(i)) };
  const scale = isScaledAlone ? undefined : plainScale(2);
  return fitViews(
    windows,
    { kinds, scale, shift: 'invariant', seed: 1, kernelFeatures: 168, latents },
    createJsEngine(),
  );
}

/** Through a file and JSON. */
function store(fitted: FittedViews): StoredViews {
  const { header, tensors } = toViewTensors(fitted);
  const file = encodeSafetensors({ tensors, metadata: { header: JSON.stringify(header) } });
  const read = decodeSafetensors(file);
  return { header: JSON.parse(read.metadata.header!), tensors: read.tensors };
}

describe('toViewTensors and fromViewTensors', () => {
  it('bring every view back as it was', async () => {
    const fitted = await fitTo(VIEW_KINDS);
    expect(fromViewTensors(store(fitted))).toEqual(fitted);
  });

  it('bring degenerate views back, with what they say', async () => {
    const fitted = await fitTo(['usage-kernels', 'profile', 'level'], true);
    const read = fromViewTensors(store(fitted));
    expect(read).toEqual(fitted);
    expect(read.views[0]!.degenerate).toContain('scaled by itself');
  });

  it('refuse what does not belong together', async () => {
    const { header, tensors } = store(await fitTo(['shape-kernels', 'catch22']));
    const fields = header as Record<string, unknown>;
    const [first, second] = fields.views as Record<string, unknown>[];
    const without = (name: string): StoredViews => {
      const { [`views.${name}`]: _, ...others } = tensors;
      return { header, tensors: others };
    };
    const changed = (change: Record<string, unknown>): StoredViews => ({ header: { ...fields, ...change }, tensors });
    for (const [stored, reason] of [
      [{ header: null, tensors }, 'header is null'],
      [changed({ steps: 0 }), 'steps is 0'],
      [changed({ channels: '2' }), 'channels is 2'],
      [changed({ scale: { centers: [0], scales: [1], log: true } }), 'centers is [0]'],
      [changed({ scale: { centers: [0, 0], scales: [1, 1] } }), 'scale.log'],
      [changed({ levels: { sizes: [1, 0], spreads: [1, 1] } }), 'sizes is [1,0]'],
      [changed({ shift: 'sideways' }), 'shift is sideways'],
      [changed({ size: 3 }), 'not 3'],
      [changed({ views: undefined }), 'lists no views'],
      [changed({ views: [{ ...first, kind: 'colour' }, second] }), 'no view colour'],
      [changed({ views: [{ ...first, size: 0 }, second] }), 'does not say why'],
      [changed({ views: [{ ...first, dilations: [0.5, -1] }, second] }), 'dilations'],
      [without('catch22.means'), 'has 0 means'],
      [without('catch22.projection'), 'a projection of 0'],
      [without('shape-kernels.biases'), 'has no kernels'],
    ] as const) {
      expect(() => fromViewTensors(stored), reason).toThrow(reason);
      expect(() => fromViewTensors(stored)).toThrow(expect.objectContaining({ code: 'state' }));
    }
  });
});

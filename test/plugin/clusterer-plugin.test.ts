import { describe, expect, it } from 'vitest';
import { clustererPluginContract } from '../../src/contract/clusterer-contract.js';
import type { ClustererPlugin } from '../../src/plugin/clusterer-plugin.js';
import { fitPluginCentroids } from '../../src/train/challenger/fit-plugin-centroids.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { describeContract } from '../contract/describe-contract.js';
import { SMALL, smallJob } from '../support/small-models.js';
import { pluginOf } from './plugin-of.js';

const TEMPLATE = new URL('../../config/plugins/clusterer.mjs', import.meta.url).href;
const { default: template } = (await import(TEMPLATE)) as { readonly default: ClustererPlugin };
describeContract('the template of a clusterer', clustererPluginContract(template));
describeContract('the template of a clusterer, of single numbers', clustererPluginContract(template, { size: 1 }));

function clusterer(body: string): string {
  return `export default { kind: 'clusterer', fit({ length, size, values }, { k, seed, start }) { ${body} } };`;
}

// Five rows of one number, of which one is none.
const POINTS = Float32Array.of(0, 1, Number.NaN, 10, 11);

function placed(body: string, k = 2) {
  return fitPluginCentroids(POINTS, 1, pluginOf(clusterer(body)), { k, seed: 7, start: null });
}

describe('a clusterer of one’s own', () => {
  it('places centroids, and each usable row belongs to the nearest', async () => {
    const found = await placed('return { centroids: Float32Array.of(values[3], values[0]) };');
    // 11 and 0: one of 1 from 0 and one of 1 from 11.
    expect(found).toMatchObject({ k: 2, size: 1, rows: 4, inertia: 2, empty: [] });
    expect([...found.centroids]).toEqual([11, 0]);
    expect([...found.membership]).toEqual([1, 1, 0xffff, 0, 0]);
    expect([...found.weights]).toEqual([2, 2]);
  });

  it('may place fewer than are asked for, and those that nothing is nearest to are left out', async () => {
    const found = await placed('return { centroids: Float32Array.of(-50, 0, 100, 12) };', 6);
    expect([...found.centroids]).toEqual([0, 12]);
    expect([...found.weights]).toEqual([2, 2]);
  });

  it.each([
    ['throws', "throw new Error('no licence');", /^the plug-in own threw in fit\(\): no licence/],
    ['gives nothing', 'return undefined;', /1 to 2 × 1 finite numbers .* it gave none$/],
    ['gives a list', 'return { centroids: [0, 1] };', /it gave a object|it gave an? object/],
    ['gives none', 'return { centroids: new Float32Array(0) };', /it gave 0 numbers$/],
    ['gives too many', 'return { centroids: new Float32Array(3) };', /it gave 3 numbers$/],
    ['gives NaN', 'return { centroids: Float32Array.of(NaN) };', /it gave numbers that are not finite$/],
    ['exits', 'process.exit(0);', /ended its thread/],
  ])('fails in words where it %s', async (_, body, text) => {
    await expect(placed(body)).rejects.toMatchObject({ code: 'encoder', message: expect.stringMatching(text) });
  });
});

describe('a training with a clusterer of one’s own', () => {
  const trained = (body: string, fields: Parameters<typeof smallJob>[0] = {}) => {
    const { model } = SMALL.trainer;
    const plugin = pluginOf(clusterer(body));
    return runTrainingJob(smallJob({ settings: { ...model, cluster: { ...model.cluster, k: 2, plugin } }, ...fields }));
  };
  // Two places, told apart by the seed: first and last row.
  const ENDS = `const place = (row) => [...values.subarray(row * size, (row + 1) * size)];
    if (start !== null) return { centroids: start };
    return { centroids: Float32Array.from([...place(0), ...place(length - 1)]) };`;

  it('gives a model of its centroids, whose segments go on in the next', async () => {
    const first = await trained(ENDS);
    const { clusterModel } = decodeArtifact(first.artifact);
    expect(clusterModel.k).toBe(2);
    const champion = { artifact: first.artifact, clusterModel };
    const second = await trained(ENDS, { number: 2, champion, nextSegmentNumber: 3 } as never);
    expect([...decodeArtifact(second.artifact).clusterModel.segmentIds].sort()).toEqual(
      [...clusterModel.segmentIds].sort(),
    );
  });

  it('fails where the clusterer does', async () => {
    await expect(trained("throw new Error('no licence');")).rejects.toThrow('threw in fit(): no licence');
  });
});

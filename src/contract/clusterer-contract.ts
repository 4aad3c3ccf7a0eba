import assert from 'node:assert/strict';
import type { ClustererPlugin, ClustererPoints } from '../plugin/clusterer-plugin.js';
import type { ContractCheck } from './contract-check.js';

export interface ClustererContractOptions {
  /** Numbers of an embedding to try it on. @default 8 */
  readonly size?: number;
}

/**
 * What every clusterer must keep.
 *
 * @example
 * for (const { name, run } of clustererPluginContract(plugin)) it(name, run);
 */
export function clustererPluginContract(
  plugin: ClustererPlugin,
  { size = 8 }: ClustererContractOptions = {},
): readonly ContractCheck[] {
  async function centroidsOf(
    points: ClustererPoints,
    k: number,
    start: Float32Array | null = null,
  ): Promise<Float32Array> {
    const { centroids } = await plugin.fit(points, { k, seed: 1, start });
    assert.ok(centroids instanceof Float32Array, 'centroids are a Float32Array');
    assert.equal(centroids.length % size, 0, `numbers of centroids of ${size}, beyond whole ones`);
    assert.ok(centroids.length >= size && centroids.length <= k * size, `1 to ${k} centroids`);
    assert.ok(centroids.every(Number.isFinite), 'finite centroids');
    return centroids;
  }

  return [
    {
      name: 'gives at most as many centroids as are asked for, of finite numbers',
      run: async () => {
        for (const k of [1, 2, 6]) await centroidsOf(drawPoints(200, size), k);
      },
    },
    {
      name: 'gives at least one where there are fewer points than segments, or all points are the same',
      run: async () => {
        await centroidsOf(drawPoints(1, size), 6);
        await centroidsOf(drawPoints(3, size), 6);
        await centroidsOf({ length: 50, size, values: new Float32Array(50 * size).fill(0.5) }, 6);
      },
    },
    {
      name: 'gives the same of the same points and seed',
      run: async () => {
        const first = await centroidsOf(drawPoints(200, size), 4);
        assert.deepEqual([...(await centroidsOf(drawPoints(200, size), 4))], [...first]);
      },
    },
    {
      name: 'can begin where segments lie already',
      run: async () => {
        const points = drawPoints(200, size);
        await centroidsOf(points, 3, points.values.slice(0, 3 * size));
      },
    },
    {
      name: 'leaves the points as they were',
      run: async () => {
        const points = drawPoints(200, size);
        await centroidsOf(points, 4);
        assert.deepEqual(points, drawPoints(200, size));
      },
    },
    {
      name: 'tells groups apart that lie far from each other',
      run: async () => {
        const points = drawPoints(120, size);
        const centroids = await centroidsOf(points, 3);
        const nearest = Array.from({ length: points.length }, (_, i) => nearestOf(points, i, centroids));
        const groups = [0, 1, 2].map((group) => new Set(nearest.filter((_, i) => i % 3 === group)));
        assert.deepEqual(
          groups.map((found) => found.size),
          [1, 1, 1],
          'centroids that are nearest to the points of each group',
        );
        assert.equal(new Set(groups.flatMap((found) => [...found])).size, 3, 'groups with a centroid of their own');
      },
    },
  ];
}

/** Points in three groups in turn, ten times as far from each other as they are wide; the same each time. */
function drawPoints(length: number, size: number): ClustererPoints {
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: length * size }, (_, at) => {
    const group = Math.floor(at / size) % 3;
    return draw() + (at % size === 0 ? 10 * group : 0);
  });
  return { length, size, values };
}

function nearestOf({ size, values }: ClustererPoints, i: number, centroids: Float32Array): number {
  const distances = Array.from({ length: centroids.length / size }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < size; d++) sum += (values[i * size + d]! - centroids[j * size + d]!) ** 2;
    return sum;
  });
  return distances.indexOf(Math.min(...distances));
}

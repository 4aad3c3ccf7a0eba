import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { createClusterModel } from '../../src/cluster/create-cluster-model.js';
import { matchSegments } from '../../src/cluster/match-segments.js';
import { seedCentroids } from '../../src/cluster/seed-centroids.js';
import { createRandom, type Random } from '../../src/numeric/random.js';
import { embeddingsOf } from './embeddings.js';

const SIZE = 4;
const K = 5;

/** An encoder of new weights: another rotation, scale and offset of the same space, with some noise of its own. */
function encoder(random: Random): (hidden: readonly number[]) => number[] {
  const axes = Array.from({ length: SIZE }, () => Array.from({ length: SIZE }, () => random.normal()));
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < i; j++) {
      const dot = axes[i]!.reduce((sum, x, m) => sum + x * axes[j]![m]!, 0);
      axes[i] = axes[i]!.map((x, m) => x - dot * axes[j]![m]!);
    }
    const norm = Math.hypot(...axes[i]!);
    axes[i] = axes[i]!.map((x) => x / norm);
  }
  const scale = 0.5 + 2 * random.next();
  const offset = 5 * random.normal();
  return (hidden) =>
    axes.map((axis) => offset + scale * axis.reduce((sum, x, m) => sum + x * hidden[m]!, 0) + 0.05 * random.normal());
}

describe('segment ids over retrains', () => {
  it('stay with the customers through twenty models from new weights and new starts on a stream that does not change', async () => {
    const random = createRandom(17);
    const centres = Array.from({ length: K }, () => Array.from({ length: SIZE }, () => 4 * random.normal()));
    const kinds = Array.from({ length: 600 }, () => random.below(K));
    const customers = kinds.map((kind) => centres[kind]!.map((c) => c + random.normal()));
    let former: { segmentIds: readonly string[]; membership: Uint16Array } | undefined;
    let number = 1;
    let kept = 0;
    let keptClear = 0;
    let clear = 0;
    let margins: Float32Array | undefined;
    const started = new Set<string>();
    for (let version = 1; version <= 21; version++) {
      const encode = encoder(random);
      const batch = embeddingsOf(customers.map(encode));
      const fit = await seedCentroids(batch.embeddings, SIZE, K, { seed: version, starts: 10 });
      const match = await matchSegments(former, fit, number);
      const model = createClusterModel(`v${version}`, fit, match.segmentIds);
      const assignments = assign(model, batch);
      expect(assignments.nearest).toEqual(fit.membership);
      if (former !== undefined && margins !== undefined) {
        for (let i = 0; i < customers.length; i++) {
          const same = former.segmentIds[former.membership[i]!] === match.segmentIds[fit.membership[i]!];
          if (same) kept++;
          if (margins[i]! >= 0.2) {
            clear++;
            if (same) keptClear++;
          }
        }
      }
      for (const id of match.segmentIds) started.add(id);
      former = { segmentIds: match.segmentIds, membership: fit.membership };
      number = match.nextSegmentNumber;
      margins = assignments.margins;
    }
    expect(kept / (20 * customers.length)).toBeGreaterThanOrEqual(0.95);
    expect(keptClear / clear).toBeGreaterThanOrEqual(0.99);
    expect(started.size).toBe(K);
  });
});

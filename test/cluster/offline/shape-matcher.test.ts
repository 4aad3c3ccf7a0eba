import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchShape } from '../../../src/cluster/offline/shape-distance.js';
import { createShapeMatcher } from '../../../src/cluster/offline/shape-matcher.js';
import { createRandom } from '../../../src/numeric/random.js';

/** All that can be said of a series and the references, by trying every shift. */
function matchAll(series: Float32Array, references: Float64Array, steps: number, channels: number) {
  const cells = steps * channels;
  return Array.from({ length: references.length / cells }, (_, j) =>
    matchShape(series, cells, references.subarray(j * cells, (j + 1) * cells), steps, channels),
  );
}

function matchBy(series: Float32Array, references: Float64Array, steps: number, channels: number) {
  const cells = steps * channels;
  const matcher = createShapeMatcher(references, steps, channels);
  matcher.load(series.subarray(0, cells), 0);
  matcher.load(series, cells);
  return Array.from({ length: references.length / cells }, (_, j) => matcher.match(j));
}

describe('a matcher of shapes', () => {
  it('says to the bit what trying every shift does, of whole numbers that tie too', () => {
    const shapes = fc.record({
      // Short and long ones, at powers of two and beside them.
      steps: fc.constantFrom(1, 2, 7, 47, 48, 64, 65, 140),
      channels: fc.constantFrom(1, 3),
      kind: fc.constantFrom('normal', 'whole', 'impulses', 'constant'),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shapes, ({ steps, channels, kind, seed }) => {
        const random = createRandom(seed);
        const draw = (): number => {
          if (kind === 'normal') return random.normal();
          if (kind === 'whole') return random.below(3) - 1;
          return kind === 'impulses' ? Number(random.below(20) === 0) : 2;
        };
        const cells = steps * channels;
        const series = Float32Array.from({ length: 2 * cells }, draw);
        const references = Float64Array.from({ length: 4 * cells }, draw);
        references.fill(0, 0, cells);
        expect(matchBy(series, references, steps, channels)).toEqual(matchAll(series, references, steps, channels));
      }),
      { numRuns: 120, seed: 1 },
    );
  });

  it('finds a shift by hand', () => {
    const bump = (at: number) => Array.from({ length: 100 }, (_, t) => Math.max(0, 3 - Math.abs(t - at)));
    const matcher = createShapeMatcher(Float64Array.from([...bump(70), ...bump(13)]), 100, 1);
    matcher.load(bump(50), 0);
    expect(matcher.match(0)).toEqual({ distance: expect.closeTo(0, 12), shift: 20 });
    expect(matcher.match(1)).toEqual({ distance: expect.closeTo(0, 12), shift: -37 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlaceReader, type LandmarkMap } from '../../../src/encode/neighbours/landmark-map.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createGraphBuilder } from '../../../src/train/onnx/graph-builder.js';
import { addPlaces } from '../../../src/train/onnx/place-nodes.js';
import { onLine } from '../../support/landmark-maps.js';
import { runGraph } from './run-onnx.js';

describe('addPlaces', () => {
  it('weighs the nearest landmarks by how much nearer they are than the first one left out', async () => {
    // From 1: landmarks at 0 and 3 have d² 1 and 4; the one at 5, left out, has 16. Weights 15/16 and 12/16.
    const map = onLine([0, 3, 5, 50], [0, 90, 1000, 5000], 2);
    expect((await read(map, [1]))[0]).toBeCloseTo((12 * 90) / (15 + 12), 4);
  });

  it('takes the plain mean of landmarks that are all as far as the next', async () => {
    expect(await read(onLine([2, 2, 2], [3, 6, 9], 2), [7])).toEqual(Float32Array.of(4.5));
    expect(await read(onLine([2, 2], [3, 6], 5), [2])).toEqual(Float32Array.of(4.5));
  });

  it('takes the first of any number of copies, as the reader does', async () => {
    const copies = Array.from({ length: 90 }, (_, i) => [0.1, 0.3, 0.7][i % 3]!);
    const places = copies.map((_, i) => i * i);
    const map = onLine(copies, places, 15);
    const at = [0.1, 0.3, 0.5, 0.7, 0.2, -4, 1e6].map(Math.fround);
    expect(await read(map, at)).toEqual(readHere(map, at));
  });

  it('reads what the reader reads', async () => {
    const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.integer({ min: 1, max: 6 }), numbers, async (landmarks, neighbours, at) => {
        const map = onLine(
          landmarks,
          landmarks.map((_, i) => i * 1.5),
          neighbours,
        );
        const [given, wanted] = [await read(map, at), readHere(map, at)];
        for (const [i, place] of given.entries()) expect(Math.abs(place - wanted[i]!)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });
});

function readHere(map: LandmarkMap, at: readonly number[]): Float32Array {
  const reader = createPlaceReader(map, createJsEngine(), at.length);
  reader.inputs.values.set(at);
  const out = new Float32Array(at.length);
  reader.place(at.length, out);
  return out;
}

async function read(map: LandmarkMap, at: readonly number[]): Promise<Float32Array> {
  const graph = createGraphBuilder();
  const inputs = graph.input({ name: 'inputs', dtype: 'float64', shape: ['batch', 1] });
  graph.output({ name: 'place', dtype: 'float32', shape: ['batch', 1] }, addPlaces(graph, map, inputs));
  const results = await runGraph(graph.build(), { inputs: { values: Float64Array.from(at), shape: [at.length, 1] } });
  return results.place as Float32Array;
}

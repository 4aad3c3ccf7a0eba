import { openEncoder } from '../../encode/open-encoder.js';
import { createParameters } from '../../encode/vrae/initial-parameters.js';
import { resolveVrae, type VraeEngine } from '../../encode/vrae/vrae-options.js';
import { toVraeShape } from '../../encode/vrae/vrae-shape.js';
import { toWeights } from '../../encode/vrae/vrae-weights.js';
import { createRandom } from '../../numeric/random.js';
import { prepareSeries } from '../../series/prepare-series.js';
import { resolveSeries } from '../../series/series-settings.js';
import { toGivenWindows } from '../../window/given-windows.js';
import type { SelfTest } from './doctor-report.js';

/**
 * Encodes random series with random weights, once on plain TypeScript and for up to a second on the engine in question.
 *
 * @param now monotonic time, ms
 * @throws SegtideError when the engine does not load or fails
 */
export async function testEngine(engine: VraeEngine, now: () => number): Promise<SelfTest> {
  const random = createRandom(1);
  const weights = toWeights(SHAPE, createParameters(SHAPE, random));
  const values = Float32Array.from({ length: ROWS * SHAPE.steps }, () => random.normal());
  const windows = toGivenWindows({ ...SHAPE, length: ROWS, values, mask: new Uint8Array(values.length) });
  const series = prepareSeries(resolveSeries({ scale: 'none' }, SHAPE.steps, SHAPE.channels), undefined, windows);

  const reference = openEncoder({ kind: 'vrae', vrae: weights, viewMap: undefined }, 'reference', 'js');
  const { embeddings: expected } = await reference.encode(series);
  reference.dispose?.();

  const tested = openEncoder({ kind: 'vrae', vrae: weights, viewMap: undefined }, 'tested', engine);
  try {
    const { embeddings: found } = await tested.encode(series);
    const began = now();
    let rounds = 0;
    do {
      await tested.encode(series);
      rounds++;
    } while (now() - began < MOST_MS);
    const difference = largestDifference(found, expected);
    return {
      agrees: difference <= TOLERANCE,
      difference,
      windowsPerSecond: (1000 * rounds * ROWS) / Math.max(1, now() - began),
    };
  } finally {
    tested.dispose?.();
  }
}

const SHAPE = toVraeShape(resolveVrae(), { steps: 24, channels: 1 });
const ROWS = 256;
const MOST_MS = 1000;
/** What engines of single precision keep to. */
const TOLERANCE = 1e-5;

/** Relative to the largest number; Infinity where one is not finite. */
function largestDifference(found: Float32Array, expected: Float32Array): number {
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    largest = Number.isFinite(difference) ? Math.max(largest, difference) : Number.POSITIVE_INFINITY;
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return largest / scale;
}

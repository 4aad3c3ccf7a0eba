import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { Encoder } from '../../src/encode/encoder.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import { decodePrototypes } from '../../src/train/decode-prototypes.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../cluster/embeddings.js';

describe('decodePrototypes', () => {
  it("decodes the mean latents of each segment's members, in the units of the windows", async () => {
    const windows = windowsOf(3, { steps: 2, values: new Float32Array(6), mask: new Uint8Array(6) });
    const given = embeddingsOf([[0], [0.1], [9]], windows);
    const embeddings = {
      ...given,
      latents: { length: 3, latentSize: 1, values: Float32Array.of(1, 3, 5) },
      series: { ...given.series, centers: Float32Array.of(10, 20, 0), scales: Float32Array.of(1, 3, 7) },
    };
    const encoder = {
      // A decoder that writes the latent, and its double.
      reconstruct: async ({ values }: { values: Float32Array }) =>
        Float32Array.from([...values].flatMap((z) => [z, 2 * z])),
    } as unknown as Encoder;
    const settings = { ...resolveSeries({}, 2, 1), transform: 'none' as const };
    const assignments = assign(clusterModelOf([[0], [9], [100]]), embeddings);
    const decoded = await decodePrototypes(encoder, settings, assignments);
    // Mean latent 2, mean center 15, mean scale 2; no member in the last.
    expect(decoded.map((curve) => curve && [...curve])).toEqual([[19, 23], [35, 70], undefined]);
    const { reconstruct: _, ...blind } = encoder;
    expect(await decodePrototypes(blind as Encoder, settings, assignments)).toEqual([undefined, undefined, undefined]);
  });
});

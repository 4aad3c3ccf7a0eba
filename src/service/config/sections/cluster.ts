import * as z from 'zod';
import { real, whole } from '../kinds.js';

/** `cluster`: online mini-batch k-means over embeddings. */
export const clusterSection = z
  .strictObject({
    k: whole('segments', { min: 1, max: 1000 }).default(6).describe('Number of segments.'),
    halfLife: real('windows', { min: 1 })
      .exactOptional()
      .describe(
        'After so many windows what centroids learnt counts half; left out, nothing is forgotten between retrainings.',
      ),
    epochWindows: whole('windows', { min: 1 })
      .default(10_000)
      .describe('Windows between two updates of the centroids.'),
    starts: whole('starts', { min: 1, max: 100 }).default(10).describe('First fits tried; the best is kept.'),
  })
  .prefault({});

import * as z from 'zod';
import { durationText, real, text, whole } from '../kinds.js';

/** `cluster`: online mini-batch k-means over embeddings. */
export const clusterSection = z
  .strictObject({
    k: z
      .union([z.literal('auto'), whole('segments', { min: 1, max: 1000 })], {
        error: 'auto, or a number of segments from 1 to 1000',
      })
      .default(6)
      .meta({ unit: 'segments' })
      .describe(
        'Number of segments; `auto` takes, at each training, the one of 2 to 12 with the largest silhouette, which counts less where one segment has more than half of the windows, and stays with the one in force where no other gains 0.02.',
      ),
    distance: z
      .enum(['euclidean', 'cosine'])
      .default('euclidean')
      .describe(
        'What segments are told apart by: `euclidean`, where embeddings lie; `cosine`, their direction alone, with embeddings and centroids at unit length and distances of √(2 − 2 cos φ).',
      ),
    halfLife: z
      .union([real('windows', { min: 1 }), durationText()], {
        error: 'a number of windows from 1, or a duration of event time such as 30d',
      })
      .exactOptional()
      .meta({ unit: 'windows or duration' })
      .describe(
        'After so many windows, or so much event time (`30d`), what centroids learnt counts half; left out, nothing is forgotten between retrainings. A segment whose weight has faded to a hundredth of the mean gives its centroid to windows that lie far from all others, and retires.',
      ),
    epochWindows: whole('windows', { min: 1 })
      .default(10_000)
      .describe('Windows between two updates of the centroids.'),
    plugin: text()
      .exactOptional()
      .describe(
        'Clusterer of your own, a name of `plugins`: it places the centroids in each training, in place of k-means (docs/plugins.md).',
      ),
    starts: whole('starts', { min: 1, max: 100 }).default(10).describe('First fits tried; the best is kept.'),
  })
  .prefault({});

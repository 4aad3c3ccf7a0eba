import { type CentroidFit, finiteRows, membershipOf } from '../../cluster/refit-centroids.js';
import { SegtideError } from '../../errors.js';
import { takeRows } from '../../numeric/take-rows.js';
import type { ClustererContext, ClustererPoints, FittedCentroids } from '../../plugin/clusterer-plugin.js';
import { openPlugin } from '../../plugin/open-plugin.js';
import type { PluginModule } from '../../plugin/plugin-module.js';

/**
 * Lets a plug-in place centroids among embeddings. How long that may take is the training's affair.
 *
 * @param embeddings (rows, size)
 * @throws SegtideError `encoder` when it can't be loaded or fails, or what it gives are no centroids
 */
export async function fitPluginCentroids(
  embeddings: Float32Array,
  size: number,
  plugin: PluginModule,
  context: ClustererContext,
): Promise<CentroidFit> {
  const usable = finiteRows(embeddings, size);
  const points: ClustererPoints = { length: usable.length, size, values: takeRows(embeddings, size, usable) };
  const running = openPlugin(plugin, 'clusterer', 'encoder');
  try {
    const given = await running.call('fit', [points, context], { isUnlimited: true });
    const centroids = checkCentroids(given, size, context.k, plugin.name);
    const { empty } = membershipOf(embeddings, size, centroids);
    const kept = Array.from({ length: centroids.length / size }, (_, j) => j).filter((j) => !empty.includes(j));
    return { ...membershipOf(embeddings, size, takeRows(centroids, size, kept)), iterations: 0, converged: true };
  } finally {
    await running.close();
  }
}

function checkCentroids(given: unknown, size: number, k: number, name: string): Float32Array {
  const { centroids } = (given ?? {}) as Partial<FittedCentroids>;
  const refuse = (what: string): SegtideError =>
    new SegtideError(
      'encoder',
      `the plug-in ${name} must give \`centroids\`, a Float32Array of 1 to ${k} × ${size} finite numbers (segments × size), from fit(); it gave ${what}`,
    );
  if (!(centroids instanceof Float32Array)) throw refuse(centroids === undefined ? 'none' : `a ${typeof centroids}`);
  const { length } = centroids;
  if (length === 0 || length % size !== 0 || length > k * size) throw refuse(`${length} numbers`);
  if (!centroids.every(Number.isFinite)) throw refuse('numbers that are not finite');
  return centroids;
}

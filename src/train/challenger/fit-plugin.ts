import type { PluginModel } from '../../encode/encoder-model.js';
import { toPluginSeries } from '../../encode/plugin-encoder.js';
import { SegtideError } from '../../errors.js';
import { MOST_EMBEDDING_NUMBERS } from '../../numeric/most-embedding-numbers.js';
import type { FittedPlugin } from '../../plugin/encoder-plugin.js';
import { openPlugin } from '../../plugin/open-plugin.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import type { TrainingJob } from '../training-job.js';
import type { TrainingWindows } from './training-windows.js';

/**
 * Lets a plug-in learn from windows as they are prepared. How long that may take is the training's affair.
 *
 * @param scale the model's own; null where every window is scaled by itself
 * @throws SegtideError `encoder` when it can't be loaded or fails, or what it gives can't be stored
 */
export async function fitPlugin(
  { settings, seed }: TrainingJob,
  { split }: TrainingWindows,
  scale: FittedScale | null,
): Promise<PluginModel> {
  const { plugin: name, plugins } = settings.encoder;
  const series = prepareSeries(settings.series, scale ?? undefined, split.train);
  const running = openPlugin(plugins.find((each) => each.name === name)!, 'encoder', 'encoder');
  try {
    const given = await running.call('fit', [toPluginSeries(series), { seed }], { isUnlimited: true });
    const { steps, channels } = series;
    return { kind: 'plugin', name: name!, steps, channels, fitted: checkFitted(given, name!) };
  } finally {
    await running.close();
  }
}

function checkFitted(given: unknown, name: string): FittedPlugin {
  const refuse = (what: string): SegtideError => new SegtideError('encoder', `the plug-in ${name} ${what}`);
  const { embeddingSize, parameters, tensors = {} } = (given ?? {}) as Partial<FittedPlugin>;
  if (!(Number.isInteger(embeddingSize) && embeddingSize! >= 1 && embeddingSize! <= MOST_EMBEDDING_NUMBERS)) {
    throw refuse(
      `must give an embeddingSize, a whole number from 1 to ${MOST_EMBEDDING_NUMBERS}, from fit(); it gave ${String(embeddingSize)}`,
    );
  }
  for (const [tensor, { shape, values } = {}] of Object.entries<Partial<NonNullable<FittedPlugin['tensors']>[string]>>(
    tensors,
  )) {
    const isNumbers = values instanceof Float32Array || values instanceof Float64Array;
    const isShaped = Array.isArray(shape) && shape.reduce((product, size) => product * size, 1) === values?.length;
    if (!isNumbers || !isShaped || !values.every(Number.isFinite)) {
      throw refuse(
        `must give finite Float32Array or Float64Array values and their shape for each tensor of fit(); ${tensor} is something else`,
      );
    }
  }
  try {
    // As it comes back from a model file.
    const stored: unknown = JSON.parse(JSON.stringify(parameters ?? null));
    return { embeddingSize: embeddingSize!, parameters: stored, tensors };
  } catch (cause) {
    throw refuse(`must give parameters that JSON can hold from fit(): ${(cause as Error).message}`);
  }
}

import { isEncoderKind } from '../encode/encoder-kind.js';
import { encoderShapeOf, viewMapOf } from '../encode/encoder-model.js';
import { SegtideError } from '../errors.js';
import { resolveSeries } from '../series/series-settings.js';
import { fromEncoderTensors } from './encoder-tensors.js';
import type { ModelArtifact } from './model-artifact.js';

/**
 * Checks that the parts of a model from elsewhere belong together, so that whoever uses it need not: series as the encoder
 * takes them, embeddings as the centroids are, numbers that are finite.
 *
 * @throws SegtideError `state` that says which do not
 */
export function checkModel({ series, scale, encoder, clusterModel }: ModelArtifact): void {
  try {
    resolveSeries({ ...series, length: series.steps }, series.windowSteps, series.channels);
  } catch (cause) {
    throw unfit((cause as Error).message, cause);
  }
  const scales = scale === null ? [] : [scale.centers, scale.scales];
  if (!scales.every((numbers) => numbers?.length === series.channels && numbers.every(Number.isFinite))) {
    throw unfit('its scale is for other channels');
  }
  const { k, size, segmentIds, centroids, weights } = clusterModel;
  if (segmentIds?.length !== k) throw unfit(`it has ${segmentIds?.length ?? 'no'} segment ids and ${k} centroids`);
  const numbers = [centroids, weights, ...Object.values(encoder.tensors).map(({ values }) => values)];
  if (!numbers.every((values) => values.every(Number.isFinite))) throw unfit('it holds numbers that are not finite');
  // Of other kinds nothing is known here; nobody uses them either.
  if (!isEncoderKind(encoder.kind)) return;
  const read = fromEncoderTensors(encoder);
  const shape = encoderShapeOf(read);
  for (const { steps, channels } of [shape, viewMapOf(read)?.views ?? series]) {
    if (steps === series.steps && channels === series.channels) continue;
    throw unfit(
      `its encoder takes series of ${steps} × ${channels} (steps × channels), and they have ${series.steps} × ${series.channels}`,
    );
  }
  if (shape.embeddingSize !== size) {
    throw unfit(`its encoder gives ${shape.embeddingSize} numbers, and its centroids have ${size}`);
  }
}

function unfit(what: string, cause?: unknown): SegtideError {
  return new SegtideError('state', `The model's parts do not fit together: ${what}. Train anew.`, { cause });
}

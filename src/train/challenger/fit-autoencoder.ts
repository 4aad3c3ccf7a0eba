import type { AutoencoderShape } from '../../encode/autoencoder/architecture.js';
import { architectureOf } from '../../encode/autoencoder/architectures.js';
import { createAutoencoderNetwork } from '../../encode/autoencoder/autoencoder-network.js';
import type { AutoencoderOutput } from '../../encode/autoencoder/autoencoder-options.js';
import { isSameShape } from '../../encode/autoencoder/autoencoder-shape.js';
import type { AutoencoderWeights } from '../../encode/autoencoder/autoencoder-weights.js';
import { trainAutoencoder } from '../../encode/autoencoder/train-autoencoder.js';
import type { AutoencoderKind } from '../../encode/encoder-kind.js';
import { isAutoencoder } from '../../encode/encoder-model.js';
import { autoencoderOf } from '../../encode/encoder-options.js';
import { restoreUsage } from '../../encode/views/restore-usage.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import type { SeriesSettings } from '../../series/series-settings.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import { PROVISIONAL_NUMBER } from '../provisional.js';
import type { TrainingJob } from '../training-job.js';
import { createProgressMeter } from '../training-progress.js';
import type { EncoderFit } from './encoder-fit.js';
import { type FitVraeOptions, PROVISIONAL_UPDATES } from './fit-vrae.js';
import type { Incumbent } from './incumbent.js';

/**
 * Trains an autoencoder, from the weights of the model in force where that is one of the same kind and shape, unless
 * all begins anew.
 *
 * @throws SegtideError `encoder` when the training diverges
 */
export async function fitAutoencoder(
  kind: AutoencoderKind,
  { number, settings, seed, fresh }: TrainingJob,
  series: SeriesBatch,
  incumbent: Incumbent | undefined,
  { onProgress, now = () => 0 }: FitVraeOptions,
): Promise<EncoderFit> {
  const { engine: name, threads } = settings.encoder;
  const own = autoencoderOf(settings.encoder);
  if (own === undefined) throw new TypeError(`kind ${kind} has settings of its own`);
  const { steps, channels } = series;
  const { latent, output = outputFor(settings.series), batch, embedding } = own;
  const shape = architectureOf(kind).toShape(own, { steps, channels, latent, output });
  const initial = fresh ? undefined : weightsOf(incumbent, kind, shape);
  const most = initial === undefined ? own.updates : settings.warmUpdates;
  const updates = number === PROVISIONAL_NUMBER ? Math.min(most, PROVISIONAL_UPDATES) : most;
  const meter = createProgressMeter(batch, now);
  const { engine } = await openEngine(name, { threads });
  try {
    const rows = Math.max(1, Math.min(batch, series.length));
    const network = createAutoencoderNetwork(engine, { kind, shape }, { rows, training: own });
    const { weights, heldOutLoss, ...fit } = trainAutoencoder(
      { settings: { ...own, updates }, series: withoutGaps(series), seed, initial },
      network,
      { onProgress: (progress) => onProgress?.(meter(progress)) },
    );
    const model = { kind, weights, embedding };
    return { ...fit, model, heldOutLoss, heldOutReconstruction: heldOutLoss, views: [] };
  } finally {
    engine.dispose();
  }
}

/** Values between 0 and a maximum are never negative; what is scaled about its middle is. */
function outputFor({ scale }: SeriesSettings): AutoencoderOutput {
  return scale === 'max' || scale === 'minmax' ? 'relu' : 'linear';
}

function withoutGaps({ length, steps, channels, values, mask }: SeriesBatch) {
  const filled = new Float32Array(length * steps * channels);
  restoreUsage(undefined, { steps, channels }, values, mask, length, filled);
  return { length, steps, channels, values: filled, mask };
}

/** Undefined where its encoder is of another kind or shape. */
function weightsOf(
  incumbent: Incumbent | undefined,
  kind: AutoencoderKind,
  shape: AutoencoderShape,
): AutoencoderWeights | undefined {
  if (incumbent === undefined) return undefined;
  const model = fromEncoderTensors(incumbent.artifact.encoder);
  return isAutoencoder(model) && model.kind === kind && isSameShape(model.weights.shape, shape)
    ? model.weights
    : undefined;
}

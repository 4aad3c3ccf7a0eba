import { createDaeNetwork } from '../../encode/dae/dae-network.js';
import type { DaeOutput } from '../../encode/dae/dae-options.js';
import { type DaeShape, isSameShape, toDaeShape } from '../../encode/dae/dae-shape.js';
import type { DaeWeights } from '../../encode/dae/dae-weights.js';
import { trainDae } from '../../encode/dae/train-dae.js';
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
 * Trains the denoising autoencoder, from the weights of the model in force where that is one of the same shape, unless
 * all begins anew.
 *
 * @throws SegtideError `encoder` when the training diverges
 */
export async function fitDae(
  { number, settings, seed, fresh }: TrainingJob,
  series: SeriesBatch,
  incumbent: Incumbent | undefined,
  { onProgress, now = () => 0 }: FitVraeOptions,
): Promise<EncoderFit> {
  const { engine: name, threads, dae } = settings.encoder;
  if (dae === undefined) throw new TypeError('kind dae has settings of its own');
  const shape = toDaeShape(dae, dae.output ?? outputFor(settings.series), series);
  const initial = fresh ? undefined : weightsOf(incumbent, shape);
  const most = initial === undefined ? dae.updates : settings.warmUpdates;
  const updates = number === PROVISIONAL_NUMBER ? Math.min(most, PROVISIONAL_UPDATES) : most;
  const meter = createProgressMeter(dae.batch, now);
  const { engine } = await openEngine(name, { threads });
  try {
    const rows = Math.max(1, Math.min(dae.batch, series.length));
    const network = createDaeNetwork(engine, shape, { rows, training: dae });
    const { weights, heldOutLoss, ...fit } = trainDae(
      { settings: { ...dae, updates }, series: withoutGaps(series), seed, initial },
      network,
      { onProgress: (progress) => onProgress?.(meter(progress)) },
    );
    const model = { kind: 'dae', weights, embedding: dae.embedding } as const;
    return { ...fit, model, heldOutLoss, heldOutReconstruction: heldOutLoss, views: [] };
  } finally {
    engine.dispose();
  }
}

/** Values between 0 and a maximum are never negative; what is scaled about its middle is. */
function outputFor({ scale }: SeriesSettings): DaeOutput {
  return scale === 'max' || scale === 'minmax' ? 'relu' : 'linear';
}

function withoutGaps({ length, steps, channels, values, mask }: SeriesBatch) {
  const filled = new Float32Array(length * steps * channels);
  restoreUsage(undefined, { steps, channels }, values, mask, length, filled);
  return { length, steps, channels, values: filled, mask };
}

/** Undefined where its encoder is of another kind or shape. */
function weightsOf(incumbent: Incumbent | undefined, shape: DaeShape): DaeWeights | undefined {
  if (incumbent === undefined) return undefined;
  const model = fromEncoderTensors(incumbent.artifact.encoder);
  return model.kind === 'dae' && isSameShape(model.weights.shape, shape) ? model.weights : undefined;
}

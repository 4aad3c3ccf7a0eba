import { isAutoencoderKind } from '../../encode/encoder-kind.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import type { TrainingJob } from '../training-job.js';
import type { EncoderFit } from './encoder-fit.js';
import { fitAutoencoder } from './fit-autoencoder.js';
import { fitFileEncoder } from './fit-file-encoder.js';
import { fitPlaces } from './fit-places.js';
import { fitPlugin } from './fit-plugin.js';
import { fitProjectedEncoder } from './fit-projected-encoder.js';
import { type FitVraeOptions, fitVrae, keepVrae } from './fit-vrae.js';
import type { IncumbentRoles } from './incumbent-roles.js';
import type { TrainingWindows } from './training-windows.js';

/**
 * Fits an encoder of the kind that is asked for.
 *
 * @param scale the model's own; null where every window is scaled by itself
 * @param open makes encoders that are needed on the way
 * @throws SegtideError `encoder` when the training diverges
 */
export async function fitEncoder(
  job: TrainingJob,
  data: TrainingWindows,
  scale: FittedScale | null,
  { trained, champion, kept }: IncumbentRoles,
  options: FitVraeOptions,
  open: OpenEncoder,
): Promise<EncoderFit> {
  const { series, encoder } = job.settings;
  const { kind } = encoder;
  if (kind === 'precomputed') return { ...UNTRAINED, model: { kind, size: series.channels } };
  if (isAutoencoderKind(kind)) {
    return fitAutoencoder(kind, job, prepareSeries(series, scale ?? undefined, data.split.train), trained, options);
  }
  if (kind === 'onnx' || kind === 'tfjs') return { ...UNTRAINED, ...(await fitFileEncoder(job, data, scale, open)) };
  if (kind === 'plugin') return { ...UNTRAINED, model: await fitPlugin(job, data, scale) };
  if (kind !== 'vrae') return { ...UNTRAINED, model: await fitProjectedEncoder(kind, job, data, scale) };
  const { weights, ...fit } =
    kept === undefined
      ? await fitVrae(job, prepareSeries(series, scale ?? undefined, data.split.train), trained, options)
      : keepVrae(kept);
  const { viewMap, record } = await fitPlaces(job, data, scale, weights, champion, open);
  return { ...fit, model: { kind, vrae: weights, viewMap }, views: record };
}

/** Of an encoder that is not trained by steps, and has neither latents nor a decoder. */
const UNTRAINED: Omit<EncoderFit, 'model'> = {
  updates: 0,
  trainLoss: null,
  heldOutLoss: null,
  heldOutReconstruction: null,
  activeUnits: null,
  views: [],
  warning: undefined,
};

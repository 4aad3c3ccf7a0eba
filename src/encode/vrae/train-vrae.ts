import { SegtideError } from '../../errors.js';
import { createJsNetwork } from './js-network.js';
import type { Abortable, VraeFit, VraeJob, VraeProgress } from './vrae-job.js';
import type { VraeNetwork } from './vrae-network.js';
import { createVraeTraining } from './vrae-training.js';

export type { TrainingSeries, VraeFit, VraeJob, VraeProgress } from './vrae-job.js';

/**
 * Fits a VRAE, synchronously: same job and same engine, same bytes.
 *
 * @param network the engine; the caller disposes of it. Plain typed arrays when undefined.
 * @throws SegtideError `encoder` when there is nothing to learn from, the shapes don't fit or the loss is not finite;
 * `aborted` when `signal` says so.
 */
export function trainVrae(
  job: VraeJob,
  {
    network,
    signal,
    onProgress,
  }: {
    readonly network?: VraeNetwork | undefined;
    readonly signal?: Abortable | undefined;
    readonly onProgress?: ((progress: VraeProgress) => void) | undefined;
  } = {},
): VraeFit {
  const { settings, series } = job;
  const { steps, channels } = series;
  const shape = { steps, channels, hidden: settings.hidden, latent: settings.latent };
  const training = createVraeTraining(job, network ?? createJsNetwork(shape));
  for (let done = false; !done; ) {
    if (signal?.aborted) throw new SegtideError('aborted', 'The training of the encoder was stopped on request.');
    done = training.advance();
    onProgress?.(training.progress());
  }
  return training.fit();
}

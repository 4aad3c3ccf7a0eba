import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';
import { createJsEngine } from './engines/js/js-engine.js';
import type { VraeFit, VraeJob, VraeProgress } from './vrae-job.js';
import { createVraeNetwork, type LatentTerm, type VraeNetwork } from './vrae-network.js';
import { toVraeShape } from './vrae-shape.js';
import { createVraeTraining } from './vrae-training.js';

export type { TrainingSeries, VraeFit, VraeJob, VraeProgress } from './vrae-job.js';

export interface TrainVraeOptions {
  /** Made for training with the job's settings; the caller disposes of it. On plain typed arrays when undefined. */
  readonly network?: VraeNetwork | undefined;
  /** Asked between evaluations. */
  readonly signal?: Abortable | undefined;
  readonly onProgress?: ((progress: VraeProgress) => void) | undefined;
  /** One more term of the loss, over the embeddings of each batch. */
  readonly latentTerm?: LatentTerm | undefined;
}

/**
 * Fits a VRAE, synchronously: same job and same engine, same bytes.
 *
 * @throws SegtideError `encoder` when there is nothing to learn from, the shapes don't fit or no loss was ever finite;
 * `aborted` when `signal` says so.
 */
export function trainVrae(job: VraeJob, options: TrainVraeOptions = {}): VraeFit {
  const { signal, onProgress } = options;
  const { settings, series } = job;
  const network =
    options.network ??
    createVraeNetwork(createJsEngine(), toVraeShape(settings, series), { rows: settings.batch, training: settings });
  const training = createVraeTraining(job, network, options.latentTerm);
  for (let done = false; !done; ) {
    throwIfAborted(signal, 'The training of the encoder');
    done = training.advance();
    onProgress?.(training.progress());
  }
  return training.fit();
}

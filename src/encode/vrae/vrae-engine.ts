import { openEngine } from './engines/open-engine.js';
import { INFERENCE_ROWS } from './inference-rows.js';
import { createVraeNetwork, type VraeNetwork } from './vrae-network.js';
import type { VraeEngine, VraeSettings } from './vrae-options.js';
import type { VraeShape } from './vrae-shape.js';

/**
 * Makes a network to encode with.
 *
 * @throws SegtideError `config` when the engine does not run here.
 */
export async function createInferenceNetwork(shape: VraeShape, wanted: VraeEngine): Promise<VraeNetwork> {
  const { engine } = await openEngine(wanted);
  return createVraeNetwork(engine, shape, { rows: INFERENCE_ROWS });
}

/**
 * Makes the network that settings ask for, to train with.
 *
 * @param length series that there are to train on; no batch has more. @default as many as a batch may have
 * @throws SegtideError `config` when the engine does not run here.
 */
export async function createTrainingNetwork(
  shape: VraeShape,
  settings: VraeSettings,
  length = settings.batch,
): Promise<VraeNetwork> {
  // Without series there is no training, and that is for the training to say.
  const rows = Math.max(1, Math.min(settings.batch, length));
  const { engine } = await openEngine(settings.engine, { threads: settings.threads });
  return createVraeNetwork(engine, shape, { rows, training: settings });
}

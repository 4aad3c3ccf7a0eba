import { openEngine } from './engines/open-engine.js';
import { createVraeNetwork, type VraeNetwork } from './vrae-network.js';
import type { VraeEngine, VraeSettings } from './vrae-options.js';
import type { VraeShape } from './vrae-shape.js';

/** Series that inference computes at once. */
export const INFERENCE_ROWS = 64;

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
 * @throws SegtideError `config` when the engine does not run here.
 */
export async function createTrainingNetwork(shape: VraeShape, settings: VraeSettings): Promise<VraeNetwork> {
  const { engine } = await openEngine(settings.engine, { threads: settings.threads });
  return createVraeNetwork(engine, shape, { rows: settings.batch, training: settings });
}

import { checkTrainerSnapshot } from '../../trainer/check-trainer-snapshot.js';
import type { TrainerSettings } from '../../trainer/trainer-settings.js';
import { decodeTrainerState } from './trainer-state.js';

/**
 * Finds out whether a trainer of these settings could go on from what another has stored, as it would have to when it
 * takes over.
 *
 * @param checkpoint of the topic of its state
 * @throws SegtideError `state` that says why not
 */
export function checkStoredTrainer(settings: TrainerSettings, checkpoint: Uint8Array): void {
  checkTrainerSnapshot(settings, decodeTrainerState(checkpoint, settings.model.seriesHash).trainer);
}

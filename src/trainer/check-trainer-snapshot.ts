import { createReservoir } from '../train/reservoir.js';
import { createRetrainSchedule } from '../train/retrain-schedule.js';
import { createBehaviourWatch } from './behaviour-watch.js';
import type { TrainerSettings } from './trainer-settings.js';
import type { TrainerSnapshot } from './trainer-snapshot.js';

/**
 * Finds out whether a trainer of these settings could go on from a snapshot, and begins nothing.
 *
 * @throws SegtideError `state` when it belongs to other settings or another format
 */
export function checkTrainerSnapshot(settings: TrainerSettings, from: TrainerSnapshot): void {
  const { windowSteps: steps, channels } = settings.model.series;
  createReservoir({ ...settings.reservoir, steps, channels, seed: settings.seed }, from.reservoir);
  const schedule = createRetrainSchedule(settings.retrain, from.schedule);
  createBehaviourWatch(settings, { drift: UNUSED, statistics: { measure: async () => [] } }, schedule, from);
}

const UNUSED = { write: async () => {}, flush: async () => {}, close: async () => {} };

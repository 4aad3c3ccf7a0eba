import type { AdoptedModel } from '../train/adopt-model.js';
import type { Champion } from '../train/training-job.js';
import type { LifeMoment } from './model-life.js';
import type { TrainerSnapshot } from './trainer-snapshot.js';

/** How far a trainer has come, and what is in force there: all of its parts share one, and see each other's changes. */
export interface TrainerPosition {
  /** Windows that taught so far, whether or not they were sampled. */
  windows: number;
  /** Latest window end, epoch ms; not finite before the first. */
  now: number;
  champion: Champion | undefined;
  /** No segment has had it yet, nor any later one. */
  nextSegmentNumber: number;
}

/** @param initial a model that is in force from the start, where there is no snapshot */
export function createTrainerPosition(
  from: TrainerSnapshot | undefined,
  initial: AdoptedModel | undefined,
): TrainerPosition {
  return {
    windows: from?.windows ?? 0,
    now: from?.now ?? Number.NEGATIVE_INFINITY,
    champion: from?.champion ?? initial?.champion,
    nextSegmentNumber: from?.nextSegmentNumber ?? initial?.nextSegmentNumber ?? 1,
  };
}

/** The same, as the history of models tells it. */
export function toLifeMoment({ now, windows, champion }: TrainerPosition): LifeMoment {
  return { now, windows, champion: champion?.clusterModel.modelVersion ?? null };
}

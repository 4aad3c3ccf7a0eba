import type { TrainingJob } from './training-job.js';

/** A job that no model came before. */
export function firstJob(job: Pick<TrainingJob, 'reasons' | 'seed' | 'settings' | 'reservoir'>): TrainingJob {
  return { number: 1, ...job, champion: undefined, fresh: true, nextSegmentNumber: 1 };
}

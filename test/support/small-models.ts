import type { ModelRecord } from '../../src/train/model-record.js';
import { createReservoir } from '../../src/train/reservoir.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingJob, TrainingResult } from '../../src/train/training-job.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { createWindower } from '../../src/window/windower.js';
import { toUsageBatch } from '../window/usage-events.js';
import { STEPS, smallSettings, smallStream } from './small-stream.js';

export const SMALL = smallSettings();

/** Windows of 40 customers in the one batch that the end of their input closes. */
export function smallWindows(): WindowBatch {
  const windower = createWindower({ ...SMALL.window, pageWindows: 10_000 });
  const events = smallStream(40, 3).filter(({ customer }) => customer !== 'late');
  const pages = [...windower.push(toUsageBatch(events)), ...windower.finish()];
  return pages.reduce((longest, page) => (page.length > longest.length ? page : longest));
}

/** A job on those windows. */
export function smallJob(fields: Partial<TrainingJob> = {}): TrainingJob {
  const windows = smallWindows();
  const reservoir = createReservoir({ capacity: 500, steps: STEPS, channels: 1, seed: 1 });
  for (let i = 0; i < windows.length; i++) reservoir.add(windows, i);
  return {
    number: 1,
    reasons: ['first fit'],
    seed: 1,
    settings: SMALL.trainer.model,
    reservoir: reservoir.snapshot(),
    champion: undefined,
    fresh: false,
    nextSegmentNumber: 1,
    ...fields,
  };
}

/** Models of different seeds, as they go to workers. */
export async function smallModels(...seeds: readonly number[]): Promise<(TrainingResult & { record: ModelRecord })[]> {
  return Promise.all(
    seeds.map(async (seed, i) => {
      const result = await runTrainingJob(smallJob({ number: i + 1, seed }));
      const { modelVersion, artifact } = result;
      return { ...result, record: { kind: 'model', modelVersion, artifact, previousVersion: null } as const };
    }),
  );
}

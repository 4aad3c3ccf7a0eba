import type { ModelRecord, SampleRecord, StatisticsRecord } from '../../src/train/model-record.js';
import type { TrainerParts } from '../../src/trainer/trainer-parts.js';
import type { TrainerSnapshot } from '../../src/trainer/trainer-snapshot.js';
import { createTrainer } from '../../src/trainer.js';
import { sliceWindows } from '../../src/window/slice-windows.js';
import { createLearner } from '../../src/worker/learner.js';
import { createScorer } from '../../src/worker/scorer.js';
import { collectOutputs, type SmallOptions, smallSettings, trainHere } from './small-stream.js';
import { streamWindows } from './stream-windows.js';

/** 2,400 windows in the order in which they close. */
const WINDOWS = streamWindows(160, 15);
/** Learning batches that they make. */
export const LESSONS = Math.floor(WINDOWS.length / 256);

export interface Resumption {
  readonly trainer: TrainerSnapshot;
  readonly models: readonly ModelRecord[];
  readonly lessons: number;
}

/** A trainer, and the worker that it needs to be taught: each lesson is scored with the models published so far. */
export function started(options: SmallOptions = {}, parts: Partial<TrainerParts> = {}, from?: Resumption) {
  const settings = smallSettings(options);
  const { series, seriesHash, encoder } = settings.trainer.model;
  const outputs = collectOutputs();
  const models: ModelRecord[] = [];
  const scorer = createScorer(series, seriesHash, from?.models, encoder.engine);
  const lessons: { samples: SampleRecord; statistics: StatisticsRecord }[] = [];
  const trainer = createTrainer(
    settings.trainer,
    {
      publishModel: async (record) => {
        models.push(record);
        await scorer.apply(record);
      },
      segments: outputs.segments,
      drift: outputs.drift,
      modelEvents: outputs.modelEvents,
      train: trainHere,
      ...parts,
    },
    structuredClone(from?.trainer),
  );
  const learner = createLearner(
    {
      teach: async (samples, statistics) => {
        lessons.push({ samples, statistics });
        trainer.sampled(samples);
        await trainer.observe(statistics);
      },
    },
    { learnEvery: 256, steps: series.windowSteps, channels: 1 },
  );
  let next = from?.lessons ?? 0;
  const teach = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++, next++) {
      const at = (next % LESSONS) * 256;
      await learner.learn(await scorer.score(sliceWindows(WINDOWS, at, at + 256)));
    }
  };
  return { trainer, models, teach, lessons, scorer, records: outputs.records };
}

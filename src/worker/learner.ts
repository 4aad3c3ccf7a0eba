import type { Statistics } from '../cluster/cluster-model.js';
import { createLabelTally, type LabelCounts } from '../cluster/label-counts.js';
import { accumulate, emptyStatistics } from '../cluster/statistics.js';
import {
  type DriftObservation,
  emptyObservation,
  type FormerSegments,
  observeInto,
} from '../drift/drift-observation.js';
import type { SampleRecord, StatisticsRecord } from '../train/model-record.js';
import { isLearnt } from '../window/is-learnt.js';
import { endOfBatch, type LearningBatches } from './learning-batches.js';
import { createSampleBuffer, type SampleBufferSnapshot } from './sample-buffer.js';
import { samplingWeights } from './sampling-weights.js';
import type { Scored } from './scorer.js';

/** Where a worker's lessons go: the inner topics of the trainer. */
export interface LearnerOutputs {
  /** Resolves when the trainer has dealt with both, and whatever it decided has come back. */
  teach(samples: SampleRecord, statistics: StatisticsRecord): Promise<void>;
}

export interface LearningContext {
  /** What each window's customer was before it. @default no customer was known */
  readonly former?: FormerSegments | undefined;
  /** Sends what there is: no more windows will come that end with the last ones. @default false */
  readonly endsWave?: boolean | undefined;
}

/** Collects what windows teach, and sends it when a learning batch is full. */
export interface Learner {
  learn(scored: Scored, context?: LearningContext): Promise<void>;
  /** Sends what there is of the last learning batch, at the end of the input. */
  end(): Promise<void>;
  snapshot(): LearnerSnapshot;
}

export interface LearnerSnapshot {
  readonly sequence: number;
  /** Windows that taught, those of the batch that is being filled included. */
  readonly learnt: number;
  readonly samples: SampleBufferSnapshot;
  readonly statistics: Statistics | null;
  readonly observation: DriftObservation | null;
  /** Absent where there are no labelled windows. */
  readonly labels?: LabelCounts;
}

export interface LearnerOptions extends LearningBatches {
  readonly steps: number;
  readonly channels: number;
  /** Share of the sample that a segment is to have however rare it is. @default 0 */
  readonly floor?: number | undefined;
}

export function createLearner(outputs: LearnerOutputs, options: LearnerOptions, from?: LearnerSnapshot): Learner {
  const { steps, channels, floor = 0 } = options;
  const samples = createSampleBuffer(options.learnEvery, steps, channels, from?.samples);
  let sequence = from?.sequence ?? 0;
  let learnt = from?.learnt ?? 0;
  // Sums are taken row by row over the whole learning batch, so that they do not depend on how pages were cut.
  let statistics = from?.statistics ?? undefined;
  let observation = from?.observation ?? undefined;
  let labels = createLabelTally(from?.labels);

  function counted(): { labels?: LabelCounts } {
    return labels.windows === 0 ? {} : { labels: labels.counts() };
  }

  async function send(endsWave: boolean): Promise<void> {
    const { windows, weights } = samples.take();
    const lesson = { partition: 0, sequence: sequence++ };
    const { length, watermark } = windows;
    const taught = { ...lesson, windows: length, watermark, statistics, observation, ...counted(), endsWave };
    statistics = undefined;
    observation = undefined;
    labels = createLabelTally();
    await outputs.teach({ ...lesson, windows, weights }, taught);
  }

  return {
    async learn({ series, assignments }, { former, endsWave = false } = {}) {
      const { windows } = series;
      const end = endOfBatch(learnt, options);
      const weightOf = samplingWeights(assignments, floor);
      for (let i = 0; i < windows.length; i++) {
        if (!isLearnt(windows, i)) continue;
        samples.add(windows, i, weightOf(i));
        learnt++;
      }
      if (assignments !== undefined) {
        const { model } = assignments;
        // Live, a model may take effect within a learning batch: the trainer has no use for sums of the one before.
        if (statistics?.modelVersion !== model.modelVersion) {
          statistics = undefined;
          observation = undefined;
          labels = createLabelTally();
        }
        statistics = accumulate(statistics ?? emptyStatistics(model), assignments);
        observation = observeInto(observation ?? emptyObservation(model, channels), assignments, { former });
        labels.count(assignments);
      }
      if (learnt === end || endsWave) await send(endsWave);
    },
    async end() {
      if (samples.length > 0) await send(false);
    },
    snapshot: () => ({
      sequence,
      learnt,
      samples: samples.snapshot(),
      statistics: statistics === undefined ? null : structuredClone(statistics),
      observation: observation === undefined ? null : structuredClone(observation),
      ...counted(),
    }),
  };
}

import type { Statistics } from '../cluster/cluster-model.js';
import { accumulate, emptyStatistics } from '../cluster/statistics.js';
import type { SampleRecord, StatisticsRecord } from '../train/model-record.js';
import { isLearnt } from './pages.js';
import { createSampleBuffer, type SampleBufferSnapshot } from './sample-buffer.js';
import type { Scored } from './scorer.js';

/** Where a worker's lessons go: the inner topics of the trainer. */
export interface LearnerOutputs {
  /** Resolves when the trainer has dealt with both, and whatever it decided has come back. */
  teach(samples: SampleRecord, statistics: StatisticsRecord): Promise<void>;
}

/** Collects what windows teach, and sends it when a learning batch is full. */
export interface Learner {
  learn(scored: Scored): Promise<void>;
  /** Sends what there is of the last learning batch, at the end of the input. */
  end(): Promise<void>;
  snapshot(): LearnerSnapshot;
}

export interface LearnerSnapshot {
  readonly sequence: number;
  readonly samples: SampleBufferSnapshot;
  readonly statistics: Statistics | null;
  readonly reconstructionErrors: Float32Array | null;
}

export interface LearnerOptions {
  /** Windows of a learning batch. */
  readonly learnEvery: number;
  readonly steps: number;
  readonly channels: number;
}

export function createLearner(outputs: LearnerOutputs, options: LearnerOptions, from?: LearnerSnapshot): Learner {
  const { learnEvery, steps, channels } = options;
  const samples = createSampleBuffer(learnEvery, steps, channels, from?.samples);
  const errors = new Float32Array(learnEvery);
  errors.set(from?.reconstructionErrors ?? []);
  let sequence = from?.sequence ?? 0;
  let statistics = from?.statistics ?? undefined;
  let hasErrors = from?.reconstructionErrors != null;

  async function send(): Promise<void> {
    const rows = samples.length;
    const windows = samples.take();
    const taught = statistics;
    const reconstructionErrors = hasErrors ? errors.slice(0, rows) : undefined;
    statistics = undefined;
    hasErrors = false;
    await outputs.teach({ sequence, windows }, { sequence, statistics: taught, reconstructionErrors });
    sequence++;
  }

  return {
    async learn({ series, assignments }) {
      const { windows } = series;
      const rowErrors = assignments?.embeddings.reconstructionErrors;
      hasErrors ||= rowErrors !== undefined;
      for (let i = 0; i < windows.length; i++) {
        if (!isLearnt(windows, i)) continue;
        errors[samples.length] = rowErrors?.[i] ?? Number.NaN;
        samples.add(windows, i);
      }
      if (assignments !== undefined) {
        statistics = accumulate(statistics ?? emptyStatistics(assignments.model), assignments);
      }
      if (samples.length === learnEvery) await send();
    },
    async end() {
      if (samples.length > 0) await send();
    },
    snapshot: () => ({
      sequence,
      samples: samples.snapshot(),
      statistics: statistics === undefined ? null : structuredClone(statistics),
      reconstructionErrors: hasErrors ? errors.slice(0, samples.length) : null,
    }),
  };
}

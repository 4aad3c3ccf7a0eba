import { accumulate, emptyStatistics } from '../cluster/statistics.js';
import { emptyObservation, observeInto } from '../drift/drift-observation.js';
import type { SampleRecord, StatisticsRecord } from '../train/model-record.js';
import { createReservoir, type Reservoir } from '../train/reservoir.js';
import { isLearnt } from './pages.js';
import type { Scored } from './scorer.js';

/** What was learnt between two commits. */
export interface Lesson {
  readonly samples: SampleRecord;
  /** Of each model version that assigned windows, and of the windows that none assigned, in order. */
  readonly statistics: readonly StatisticsRecord[];
}

/** Collects what the windows of one partition teach between two commits. */
export interface IntervalLearner {
  learn(scored: Scored): void;
  /**
   * What was learnt since the last call, undefined where nothing was; it is empty after it. What each window teaches is
   * in one result, so that it counts once where the result is committed together with the window's assignment.
   */
  take(): Lesson | undefined;
}

export interface IntervalLearnerOptions {
  readonly partition: number;
  /** Lessons sent before: all there is to restore. @default 0 */
  readonly lessons?: number;
  /** Most windows of one result: what bounds the trainer's load, whatever the traffic. */
  readonly quota: number;
  readonly steps: number;
  readonly channels: number;
  /** As of the trainer's reservoir. */
  readonly seed: number;
  /** As of the trainer's reservoir. */
  readonly halfLifeMs?: number | undefined;
}

/**
 * Creates the learner of one partition. Every window that teaches counts in the statistics; the windows sent along are
 * those that the trainer's reservoir would keep first: its sample is the same as if it had been offered all of them, as
 * long as no more than `quota` of an interval belong to it.
 */
export function createIntervalLearner(options: IntervalLearnerOptions): IntervalLearner {
  const { partition, quota, steps, channels, seed, halfLifeMs } = options;
  let sequence = options.lessons ?? 0;
  let sample: Reservoir | undefined;
  let statistics: StatisticsRecord[] = [];

  /** Those of the model version, begun where there are none: a model may take effect between two commits. */
  function statisticsOf({ series, assignments }: Scored): StatisticsRecord {
    const begun = statistics.at(-1);
    if (begun !== undefined && begun.statistics?.modelVersion === assignments?.model.modelVersion) return begun;
    const none: StatisticsRecord = {
      partition,
      sequence,
      windows: 0,
      watermark: Number.NEGATIVE_INFINITY,
      statistics: assignments && emptyStatistics(assignments.model),
      observation: assignments && emptyObservation(assignments.model, series.windows.channels),
    };
    statistics.push(none);
    return none;
  }

  return {
    learn(scored) {
      const { assignments, series } = scored;
      const { windows } = series;
      let learnt = 0;
      let watermark = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < windows.length; i++) {
        if (!isLearnt(windows, i)) continue;
        learnt++;
        watermark = Math.max(watermark, windows.ends[i]!);
        sample ??= createReservoir({ capacity: quota, steps, channels, seed, halfLifeMs });
        sample.add(windows, i);
      }
      if (learnt === 0) return;
      const so = statisticsOf(scored);
      statistics[statistics.length - 1] = {
        ...so,
        windows: so.windows + learnt,
        watermark: Math.max(so.watermark, watermark),
        statistics: assignments && accumulate(so.statistics!, assignments),
        observation: assignments && observeInto(so.observation!, assignments),
      };
    },
    take() {
      if (sample === undefined) return undefined;
      const taken = { samples: { partition, sequence: sequence++, windows: sample.toWindows() }, statistics };
      sample = undefined;
      statistics = [];
      return taken;
    },
  };
}

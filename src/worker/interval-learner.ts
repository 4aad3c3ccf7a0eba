import { createLabelTally, type LabelTally } from '../cluster/label-counts.js';
import { accumulate, emptyStatistics } from '../cluster/statistics.js';
import { emptyObservation, type FormerSegments, observeInto } from '../drift/drift-observation.js';
import type { SampleRecord, StatisticsRecord } from '../train/model-record.js';
import { createReservoir, type Reservoir } from '../train/reservoir.js';
import { toWindowBatch } from '../train/window-columns.js';
import { isLearnt } from '../window/is-learnt.js';
import { samplingWeights } from './sampling-weights.js';
import type { Scored } from './scorer.js';

/** What was learnt between two commits. */
export interface Lessons {
  readonly samples: SampleRecord;
  /** One of each model version that windows were assigned by, and one of those assigned by none, in order. */
  readonly statistics: readonly StatisticsRecord[];
}

/** Collects what the windows of one partition teach between two commits. */
export interface IntervalLearner {
  /** @param former what each window's customer was before it. @default no customer was known */
  learn(scored: Scored, former?: FormerSegments): void;
  /**
   * What was learnt since the last call, undefined where nothing was; it is empty after it. What each window teaches is
   * in one result, so that it counts once where the result is committed together with the window's assignment.
   */
  take(): Lessons | undefined;
  /** Of the next lesson: all there is to restore after a `take`. */
  readonly sequence: number;
}

export interface IntervalLearnerOptions {
  readonly partition: number;
  /** Of the first lesson. @default 0 */
  readonly sequence?: number;
  /** Most windows of one result: what bounds the trainer's load, whatever the traffic. */
  readonly quota: number;
  readonly steps: number;
  readonly channels: number;
  /** As of the trainer's reservoir. */
  readonly seed: number;
  /** As of the trainer's reservoir. */
  readonly halfLifeMs?: number | undefined;
  /** Share of the sample that a segment is to have however rare it is. @default 0 */
  readonly floor?: number | undefined;
}

/**
 * Creates the learner of one partition. Every window that teaches counts in the statistics; the windows sent along are
 * those that the trainer's reservoir would keep first: its sample is the same as if it had been offered all of them, as
 * long as no more than `quota` of an interval belong to it.
 */
export function createIntervalLearner(options: IntervalLearnerOptions): IntervalLearner {
  const { partition, quota, steps, channels, seed, halfLifeMs, floor = 0 } = options;
  let sequence = options.sequence ?? 0;
  let sample: Reservoir | undefined;
  let lessons: StatisticsRecord[] = [];
  /** Of each lesson. */
  let tallies: LabelTally[] = [];

  /** The lesson of the model version, begun where there is none: a model may take effect within an interval. */
  function lessonOf({ series, assignments }: Scored): StatisticsRecord {
    const version = assignments?.model.modelVersion;
    const begun = lessons.at(-1);
    if (begun !== undefined && begun.statistics?.modelVersion === version) return begun;
    const lesson: StatisticsRecord = {
      partition,
      sequence: sequence++,
      windows: 0,
      watermark: Number.NEGATIVE_INFINITY,
      statistics: assignments && emptyStatistics(assignments.model),
      observation: assignments && emptyObservation(assignments.model, series.windows.channels),
    };
    lessons.push(lesson);
    tallies.push(createLabelTally());
    return lesson;
  }

  return {
    learn(scored, former) {
      const { assignments, series } = scored;
      const { windows } = series;
      const weightOf = samplingWeights(assignments, floor);
      let learnt = 0;
      let watermark = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < windows.length; i++) {
        if (!isLearnt(windows, i)) continue;
        learnt++;
        watermark = Math.max(watermark, windows.ends[i]!);
        sample ??= createReservoir({ capacity: quota, steps, channels, seed, halfLifeMs });
        sample.add(windows, i, weightOf(i));
      }
      if (learnt === 0) return;
      const lesson = lessonOf(scored);
      lessons[lessons.length - 1] = {
        ...lesson,
        windows: lesson.windows + learnt,
        watermark: Math.max(lesson.watermark, watermark),
        statistics: assignments && accumulate(lesson.statistics!, assignments),
        observation: assignments && observeInto(lesson.observation!, assignments, { former }),
      };
      if (assignments !== undefined) tallies.at(-1)!.count(assignments);
    },
    take() {
      if (sample === undefined) return undefined;
      const { weights, ...columns } = sample.snapshot();
      const { sequence: first } = lessons[0]!;
      const samples = { partition, sequence: first, windows: toWindowBatch(columns), weights };
      const taken: Lessons = { samples, statistics: lessons.map((lesson, i) => withLabels(lesson, tallies[i]!)) };
      sample = undefined;
      lessons = [];
      tallies = [];
      return taken;
    },
    get sequence() {
      return sequence;
    },
  };
}

function withLabels(lesson: StatisticsRecord, tally: LabelTally): StatisticsRecord {
  return tally.windows === 0 ? lesson : { ...lesson, labels: tally.counts() };
}

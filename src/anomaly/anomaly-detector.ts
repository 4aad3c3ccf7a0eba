import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { ANOMALY_PARTS, type AnomalyModel, type AnomalyPart, type Usual } from './anomaly-model.js';
import { type DeviatingRun, findDeviatingRuns } from './deviating-run.js';
import { createPartMeter, isWhole } from './part-meter.js';
import { createRarity, MOST_RARE, type Rarity } from './rarity.js';
import { type Tail, toTail } from './tail.js';

/** One part of a window's score. */
export interface MeasuredPart {
  readonly part: AnomalyPart;
  readonly value: number;
  /** What it is in half of the segment's usual windows. */
  readonly usual: number;
  /** -log10 of the share of the segment's usual windows in which it is as large. */
  readonly score: number;
}

export interface ExplainedWindow {
  /** The rarest first. */
  readonly parts: readonly MeasuredPart[];
  /** What deviates most first; none that is usual. */
  readonly deviations: readonly DeviatingRun[];
  /** What was expected, in prepared units. */
  readonly expected: Float32Array; // (steps, channels)
}

/** Scores windows by one model. */
export interface AnomalyDetector {
  /**
   * How odd each window is: -log10 of the share of usual windows that are as odd, so 3 is once in a thousand. 0 for
   * windows without any usage, and where no segment is known.
   */
  score(assignments: AssignmentBatch, before?: SegmentBefore): Float32Array; // (batch)
  /** @param least where the score is sure to be lower, 0 is answered before all of it is measured. @default 0 */
  scoreRow(assignments: AssignmentBatch, row: number, before?: SegmentBefore, least?: number): number;
  explain(assignments: AssignmentBatch, row: number, before?: SegmentBefore): ExplainedWindow;
}

/** The segment that a row's customer was in before the window, as a centroid's index; undefined where that is not known. */
export type SegmentBefore = (row: number) => number | undefined;

interface Scale {
  readonly rarity: Rarity;
  readonly score: Tail;
}

export function createAnomalyDetector(model: AnomalyModel): AnomalyDetector {
  const meter = createPartMeter(model);
  const whole = toScale(model.whole);
  const known = model.known && toScale(model.known);
  const partial = toScale(model.partial);
  const choose = (assignments: AssignmentBatch, row: number, before: SegmentBefore) => {
    const own = assignments.nearest[row]!;
    const segment = before(row);
    if (!isWhole(assignments, row)) return { ...partial, segment: segment ?? own };
    return segment === undefined || known === undefined ? { ...whole, segment: own } : { ...known, segment };
  };
  const scoreRow = (assignments: AssignmentBatch, row: number, before: SegmentBefore = nobody, least = 0): number => {
    const { distances, embeddings } = assignments;
    if (embeddings.series.inactive[row] === 1 || !Number.isFinite(distances[row])) return 0;
    const { rarity, score, segment } = choose(assignments, row, before);
    if (least > 0) {
      const most = rarity.together(meter.measureQuickly(assignments, row, segment), segment);
      if (score.rarity(most) < least) return 0;
    }
    return Math.fround(score.rarity(rarity.together(meter.measure(assignments, row, segment), segment)));
  };
  return {
    score: (assignments, before) =>
      Float32Array.from({ length: assignments.length }, (_, row) => scoreRow(assignments, row, before)),
    scoreRow,
    explain(assignments, row, before = nobody) {
      const { rarity, segment } = choose(assignments, row, before);
      const measured = meter.measure(assignments, row, segment);
      const parts = ANOMALY_PARTS.map((part) => ({
        part,
        value: measured[part],
        usual: rarity.median(part, segment),
        score: rarity.of(part, measured[part], segment),
      })).filter(({ usual }) => Number.isFinite(usual));
      const { steps, channels } = assignments.embeddings.series;
      return {
        parts: parts
          .sort((a, b) => b.score - a.score)
          .map((part) => ({ ...part, score: Math.min(part.score, MOST_RARE) })),
        expected: Float32Array.from(meter.expected),
        deviations: findDeviatingRuns(meter.deviations.slice(), steps, channels),
      };
    },
  };
}

const nobody: SegmentBefore = () => undefined;

function toScale(usual: Usual): Scale {
  return { rarity: createRarity(usual), score: toTail(usual.score) };
}

import { NO_LABEL } from '../ingest/label-code.js';
import { isLearnt } from '../window/is-learnt.js';
import type { AssignmentBatch } from './assignment-batch.js';
import type { Contingency } from './contingency.js';

/**
 * How often windows of each label came to each segment: mergeable in any order, in the order of labels and then of
 * segments. Plain data.
 */
export interface LabelCounts {
  /** Labelled windows, those of labels that are not told apart included. */
  readonly windows: number;
  /** Whether there were more labels than are told apart. */
  readonly hasMore: boolean;
  readonly labels: Int32Array; // (cells)
  /** Segment ids. */
  readonly segments: readonly string[]; // (cells)
  readonly counts: Float64Array; // (cells)
}

/**
 * Labels that are told apart. Beyond them windows of the labels with the smallest codes are, a random choice: each is
 * counted from its first window on, whichever windows came before and wherever.
 */
export const MOST_LABELS = 256;

/** Counts of labelled windows in the making. */
export interface LabelTally {
  /** Counts the labelled windows of assignments: as in learning, only first results of closed windows that have a place. */
  count(assignments: AssignmentBatch): void;
  /** Adds what was counted elsewhere. */
  merge(counts: LabelCounts): void;
  /** Labelled windows so far. */
  readonly windows: number;
  /** Whether there were more labels than are told apart. */
  readonly hasMore: boolean;
  counts(): LabelCounts;
}

/** @param from counts to go on from. @default none */
export function createLabelTally(from?: LabelCounts): LabelTally {
  const byLabel = new Map<number, Map<string, number>>();
  let windows = 0;
  let hasMore = false;

  function add(label: number, segment: string, count: number): void {
    const bySegment = byLabel.get(label) ?? begin(label);
    bySegment?.set(segment, (bySegment.get(segment) ?? 0) + count);
  }

  /** Room for a new label; undefined where it is beyond those that are told apart. */
  function begin(label: number): Map<string, number> | undefined {
    if (byLabel.size === MOST_LABELS) {
      hasMore = true;
      let largest = label;
      for (const known of byLabel.keys()) largest = Math.max(largest, known);
      if (largest === label) return undefined;
      byLabel.delete(largest);
    }
    const bySegment = new Map<string, number>();
    byLabel.set(label, bySegment);
    return bySegment;
  }

  function merge(counts: LabelCounts): void {
    windows += counts.windows;
    hasMore ||= counts.hasMore;
    for (const [cell, label] of counts.labels.entries()) add(label, counts.segments[cell]!, counts.counts[cell]!);
  }

  if (from !== undefined) merge(from);
  return {
    count({ embeddings, nearest, distances, model }) {
      const { windows: counted } = embeddings.series;
      const { labels, length } = counted;
      if (labels === undefined) return;
      for (let i = 0; i < length; i++) {
        const label = labels[i]!;
        if (label === NO_LABEL || Number.isNaN(distances[i]) || !isLearnt(counted, i)) continue;
        windows++;
        add(label, model.segmentIds[nearest[i]!]!, 1);
      }
    },
    merge,
    get windows() {
      return windows;
    },
    get hasMore() {
      return hasMore;
    },
    counts() {
      const cells = [...byLabel]
        .sort(([a], [b]) => a - b)
        .flatMap(([label, bySegment]) =>
          [...bySegment].sort(([a], [b]) => (a < b ? -1 : 1)).map(([segment, count]) => ({ label, segment, count })),
        );
      return {
        windows,
        hasMore,
        labels: Int32Array.from(cells, ({ label }) => label),
        segments: cells.map(({ segment }) => segment),
        counts: Float64Array.from(cells, ({ count }) => count),
      };
    },
  };
}

/** The windows of labels that are told apart, as two partitions: by label and by segment. */
export function toContingency({ labels, segments, counts }: LabelCounts): Contingency {
  const byLabel = new Map<number, number>();
  const bySegment = new Map<string, number>();
  for (const [cell, count] of counts.entries()) {
    byLabel.set(labels[cell]!, (byLabel.get(labels[cell]!) ?? 0) + count);
    bySegment.set(segments[cell]!, (bySegment.get(segments[cell]!) ?? 0) + count);
  }
  return {
    total: counts.reduce((sum, count) => sum + count, 0),
    cells: Array.from(counts),
    cellSums: Array.from(counts, (_, cell) => [byLabel.get(labels[cell]!)!, bySegment.get(segments[cell]!)!] as const),
    firstSums: [...byLabel.values()],
    secondSums: [...bySegment.values()],
  };
}

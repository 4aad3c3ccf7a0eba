import type { AlertSettings } from './alert-settings.js';

/** A segment whose size has jumped. */
export interface SizeJump {
  readonly segmentId: string;
  /** Share of the windows that closed together, before and now. */
  readonly before: number;
  readonly now: number;
  /** Windows that closed together. */
  readonly windows: number;
  /** Of the change, in standard deviations of chance. */
  readonly score: number;
  /** Of the windows that show it. */
  readonly windowStart: number;
  readonly windowEnd: number;
}

export interface SegmentSizesSnapshot {
  /** Model version and segments: shares of others say nothing of these. */
  readonly grouping: string;
  readonly start: number;
  readonly end: number;
  /** Whether all windows that closed together were assigned by this grouping, and not the rest of them. */
  readonly isWhole: boolean;
  readonly counts: Readonly<Record<string, number>>;
  /** Shares at the closing before; null where there was none under this model. */
  readonly before: Readonly<Record<string, number>> | null;
  /** Windows that those are of. */
  readonly windowsBefore: number;
}

/** Compares the sizes of segments from one closing of windows to the next. */
export interface SegmentSizes {
  /** Takes a first result of a closed window under some segments; answers jumps of the closing before it, when that is over. */
  observe(segmentId: string, grouping: string, start: number, end: number): readonly SizeJump[];
  snapshot(): SegmentSizesSnapshot | null;
}

/** Fewer windows that close together tell little of sizes. */
const LEAST_WINDOWS = 100;

/**
 * Sizes are those of this partition's customers. A new model, or segments that begin or end within one, begin anew with the
 * next windows that close together: what becomes of segments then is told by their lineage.
 */
export function createSegmentSizes(
  { change, threshold }: AlertSettings['segmentSize'],
  from?: SegmentSizesSnapshot | null,
): SegmentSizes {
  let current = from ?? undefined;
  let counts = new Map(Object.entries(from?.counts ?? {}));

  function conclude(wave: SegmentSizesSnapshot): SizeJump[] {
    const windows = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const { before, windowsBefore } = wave;
    if (before === null || Math.min(windows, windowsBefore) < LEAST_WINDOWS) return [];
    const jumps: SizeJump[] = [];
    for (const segmentId of new Set([...Object.keys(before), ...counts.keys()])) {
      const was = before[segmentId] ?? 0;
      const now = (counts.get(segmentId) ?? 0) / windows;
      const mean = (was * windowsBefore + now * windows) / (windowsBefore + windows);
      const deviation = Math.sqrt(mean * (1 - mean) * (1 / windowsBefore + 1 / windows));
      const score = deviation === 0 ? 0 : Math.abs(now - was) / deviation;
      if (score < threshold || Math.abs(now - was) < change * was) continue;
      jumps.push({ segmentId, before: was, now, windows, score, windowStart: wave.start, windowEnd: wave.end });
    }
    return jumps;
  }

  const sharesNow = (): Record<string, number> => {
    const windows = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return Object.fromEntries([...counts].map(([id, count]) => [id, count / windows]));
  };

  return {
    observe(segmentId, grouping, start, end) {
      let jumps: SizeJump[] = [];
      if (current === undefined || current.grouping !== grouping) {
        const isWhole = current !== undefined && end > current.end;
        const wave = isWhole || current === undefined ? { start, end } : { start: current.start, end: current.end };
        current = { ...wave, grouping, isWhole, counts: {}, before: null, windowsBefore: 0 };
        counts = new Map();
      } else if (end > current.end) {
        jumps = conclude(current);
        const windowsBefore = [...counts.values()].reduce((sum, count) => sum + count, 0);
        // Few windows, as of customers who are late, are no size to compare with, and the rest of a wave is no sample of it.
        const isPassedOver = windowsBefore < LEAST_WINDOWS || !current.isWhole;
        const { before, windowsBefore: earlier } = current;
        current = {
          ...{ grouping, start, end, isWhole: true, counts: {} },
          ...(isPassedOver ? { before, windowsBefore: earlier } : { before: sharesNow(), windowsBefore }),
        };
        counts = new Map();
      }
      if (end === current.end) counts.set(segmentId, (counts.get(segmentId) ?? 0) + 1);
      return jumps;
    },
    snapshot: () => (current === undefined ? null : { ...current, counts: Object.fromEntries(counts) }),
  };
}

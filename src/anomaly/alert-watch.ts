import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { Alert, WatchedKind } from './alert.js';
import type { AlertSettings } from './alert-settings.js';
import { type CustomerHabitsSnapshot, createCustomerHabits } from './customer-habits.js';
import { observeActivity, type Silence } from './customer-silence.js';
import { type CustomerSlab, createCustomerSlab, forget, NUMBERS, reserve, SEGMENT, trimmed } from './customer-slab.js';
import type { ExpectedHabit, HabitDeviation } from './habit-deviation.js';
import { knownSteps, timeOfStep } from './known-until.js';
import { observeOddity } from './odd-windows.js';
import type { RuleCooldownsSnapshot } from './rule-cooldowns.js';
import { type MoveCause, observeSegment, type SegmentMove } from './segment-moves.js';
import { createSegmentSizes, type SegmentSizesSnapshot, type SizeJump } from './segment-sizes.js';

/** Windows with all that the rules look at. */
export interface ObservedWindows {
  readonly windows: WindowBatch;
  /** What the model said of each window; undefined while there is none. */
  readonly segmented:
    | {
        readonly modelVersion: string;
        readonly segmentIds: readonly string[];
        /** Indexes of `segmentIds`. */
        readonly nearest: Uint16Array; // (batch)
        readonly margins: Float32Array; // (batch)
      }
    | undefined;
  /**
   * Whether a row is anomalous: asked once for each, in order, when all rows before it are observed, so that the answer
   * may rest on them however windows were cut into batches.
   *
   * @param deviation how unlike itself the customer is; undefined where too little is known of it
   */
  readonly isOdd: (row: number, deviation: () => HabitDeviation | undefined) => boolean;
  /** Rows whose segment is another than that of the customer's window before, with the cause. */
  readonly moved: ReadonlyMap<number, MoveCause>;
}

/** What the rules found; the records of it are made where there is a model to explain it by. */
export interface RaisedAlert {
  readonly kind: WatchedKind;
  readonly status: Alert['status'];
  /** Whether it tells what became of an alert that was raised before. @default false */
  readonly isUpdate?: boolean;
  /** Of the windows. For a jump of a segment, one of those that closed after it. */
  readonly row: number;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly knownUntil: number;
  readonly silence?: Silence;
  /** How unlike itself the customer is and what it was expected to do, where that is known. */
  readonly deviation?: HabitDeviation | undefined;
  readonly habit?: ExpectedHabit | undefined;
  /** With the ids of its segments. */
  readonly move?: SegmentMove & { readonly fromId: string; readonly toId: string };
  readonly jump?: SizeJump;
}

/** What is remembered of customers and segments between their windows. */
export interface AlertWatch {
  /** Takes windows in the order of publication. What it answers depends on them and on those before alone. */
  observe(observed: ObservedWindows): readonly RaisedAlert[];
  /** The segment that a customer was in, for good, before its next window; undefined where none is known. */
  segmentOf(slot: number): string | undefined;
  /** Forgets customers that left; call it with `WindowBatch.released` once the batch is dealt with. */
  forget(slots: Uint32Array): void;
  snapshot(): AlertWatchSnapshot;
}

export interface AlertWatchSnapshot {
  readonly format: 2;
  readonly customers: CustomerSlab;
  readonly habits: CustomerHabitsSnapshot | null;
  /** What the segments' numbers stand for, from 1. */
  readonly segmentIds: readonly string[];
  readonly sizes: SegmentSizesSnapshot | null;
  /** Left out where no rule of the user's own has told of anybody. */
  readonly rules?: RuleCooldownsSnapshot;
}

/** @throws SegtideError `state` when the snapshot has another format */
export function createAlertWatch(settings: AlertSettings, from?: AlertWatchSnapshot): AlertWatch {
  if (from !== undefined && from.format !== 2) {
    throw new SegtideError(
      'state',
      `the memory of alerts has format ${String(from.format)}, and this version reads format 2; start without the checkpoint, or with the version that wrote it`,
    );
  }
  const { silence, segmentChange, segmentSize, cooldownMs, windowMs } = settings;
  const watches = (kind: WatchedKind): boolean => settings.kinds.includes(kind);
  const slab = createCustomerSlab(from?.customers);
  const habits = createCustomerHabits(windowMs, from?.habits);
  const sizes = createSegmentSizes(segmentSize, from?.sizes);
  const segmentIds = [...(from?.segmentIds ?? [])];
  const numberOf = (id: string): number => {
    const index = segmentIds.indexOf(id);
    return index < 0 ? segmentIds.push(id) : index + 1;
  };

  return {
    observe({ windows, segmented, isOdd, moved }) {
      const raised: RaisedAlert[] = [];
      const numbers = segmented?.segmentIds.map(numberOf);
      const grouping = segmented && [segmented.modelVersion, ...segmented.segmentIds].join(' ');
      for (let row = 0; row < windows.length; row++) {
        reserve(slab, windows.customers[row]!);
        const known = knownSteps(windows, row);
        const knownUntil = timeOfStep(windows, row, known);
        const window = { row, windowStart: windows.starts[row]!, windowEnd: windows.ends[row]!, knownUntil };
        const isFirst = windows.finals[row] === 1 && windows.revisions[row] === 0;
        if (watches('anomaly') && segmented !== undefined) {
          let deviation: HabitDeviation | undefined;
          const odd = isOdd(row, () => {
            deviation = habits.measure(windows, row);
            return deviation;
          });
          const oddity = observeOddity(slab, windows, row, odd, knownUntil, cooldownMs);
          const habit = oddity && deviation && habits.expected(windows, row);
          if (oddity !== undefined) raised.push({ kind: 'anomaly', ...oddity, ...window, habit, deviation });
        }
        if (watches('anomaly')) habits.learn(windows, row);
        if (watches('silence') && windows.evicted[row] === 0 && windows.revisions[row] === 0) {
          const found = observeActivity(slab, windows, row, known, silence);
          if (found !== undefined) raised.push({ kind: 'silence', status: 'confirmed', ...window, silence: found });
        }
        if (segmented === undefined || numbers === undefined || !isFirst) continue;
        const { nearest, margins } = segmented;
        const segment = nearest[row]!;
        const slot = windows.customers[row]!;
        // Also where nobody is told: oddity is judged by the segment.
        const move = observeSegment(slab, slot, numbers[segment]!, margins[row]!, moved.get(row), segmentChange);
        if (move !== undefined && watches('segment-change')) {
          const named = { ...move, fromId: segmentIds[move.from - 1]!, toId: segmentIds[move.to - 1]! };
          raised.push({ kind: 'segment-change', status: 'confirmed', ...window, move: named });
        }
        if (watches('segment-size')) {
          const { windowStart, windowEnd } = window;
          for (const jump of sizes.observe(segmented.segmentIds[segment]!, grouping!, windowStart, windowEnd)) {
            const of = { windowStart: jump.windowStart, windowEnd: jump.windowEnd, knownUntil: jump.windowEnd };
            raised.push({ kind: 'segment-size', status: 'confirmed', row, ...of, jump });
          }
        }
      }
      return raised;
    },
    segmentOf: (slot) => {
      const number = slab.numbers[slot * NUMBERS + SEGMENT] ?? 0;
      return segmentIds[number - 1];
    },
    forget(slots) {
      forget(slab, slots);
      habits.forget(slots);
    },
    snapshot: () => ({
      format: 2,
      customers: trimmed(slab),
      habits: habits.snapshot(),
      segmentIds: [...segmentIds],
      sizes: sizes.snapshot(),
    }),
  };
}

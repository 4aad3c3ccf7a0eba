import type { DeadLetter } from '../ingest/dead-letter.js';

/** Values of `WindowBatch.mask`. */
export const MASK_OBSERVED = 0;
/** No event, and none means zero (sum, count). */
export const MASK_ZERO = 1;
/** No event, and none says nothing (mean, min, max, last). */
export const MASK_MISSING = 2;
/** Not yet a customer, or an hour that the local day skips. */
export const MASK_ABSENT = 3;

/** Ids of the customers that a batch names by slot. */
export interface CustomerIds {
  /** The id as text; `slot` as found in `WindowBatch.customers`. */
  text(slot: number): string;
}

/** A usage event for which every window had closed. */
export interface LateEvent {
  readonly customerId: string;
  /** Epoch ms. */
  readonly eventTime: number;
  readonly values: readonly number[]; // (channels)
  /** The watermark that it came behind, epoch ms. */
  readonly watermark: number;
  readonly source: string;
  readonly row: number;
  readonly offset: number;
}

/** Events by their first fate; all but `in` add up to `in`. */
export interface Fates {
  readonly in: number;
  readonly accepted: number;
  readonly late: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly quarantined: number;
  readonly skipped: number;
}

/** Fixed-length series cut from the stream, one row a window. */
export interface WindowBatch {
  /** Number of windows. */
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  /** Slot of each window's customer; a slot keeps its customer until the batch after the one that names it in `released`. */
  readonly customers: Uint32Array; // (batch)
  readonly ids: CustomerIds;
  /** [start, end), epoch ms. */
  readonly starts: Float64Array; // (batch)
  readonly ends: Float64Array; // (batch)
  /** 0 for the first result of a window, then 1, 2 … as late events revise it. */
  readonly revisions: Uint16Array; // (batch)
  /** 1 for the result of a closed window, 0 for a provisional one of an open window or one cut short by eviction. */
  readonly finals: Uint8Array; // (batch)
  /** 1 where the window was emitted because its customer was evicted. */
  readonly evicted: Uint8Array; // (batch)
  readonly values: Float32Array; // (batch, steps, channels)
  readonly mask: Uint8Array; // (batch, steps, channels)
  /** Steps with at least one observed cell. */
  readonly observedSteps: Uint16Array; // (batch)
  /** Codes of the customers' classes at the windows' ends, `NO_LABEL` where none is known; absent where no event told. */
  readonly labels?: Int32Array | undefined; // (batch)
  readonly late: readonly LateEvent[];
  readonly quarantined: readonly DeadLetter[];
  /** Slots whose customer left; what others keep by slot must be forgotten once this batch is dealt with. */
  readonly released: Uint32Array;
  /** Watermark after this batch, epoch ms; -Infinity before the first event. */
  readonly watermark: number;
}

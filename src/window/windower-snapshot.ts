import { SegtideError } from '../errors.js';
import type { CustomersSnapshot } from './customer-table.js';
import type { FutureGuardSnapshot } from './future-guard.js';
import type { HeldRecord } from './held-records.js';
import type { RingsSnapshot } from './ring-cells.js';
import type { Fates } from './window-batch.js';
import type { WindowSettings } from './window-settings.js';

/** What the windower did so far, and what it holds. */
export interface WindowerCounters {
  /** Customers known now. */
  readonly customers: number;
  /** Most customers known at a time. */
  readonly peakCustomers: number;
  readonly evictedByTtl: number;
  readonly evictedByCap: number;
  /** Rows emitted, revisions and provisional results included. */
  readonly windows: number;
  readonly revisions: number;
  /** Rows that the end of the input cut short and `atEnd: 'complete'` left out. */
  readonly incompleteWindows: number;
  /** Spans of time whose windows have begun and still take events. */
  readonly openWindows: number;
  /** Bytes of the keyed state. */
  readonly stateBytes: number;
}

/**
 * The whole state of a windower between two batches: plain data and typed arrays of its own. Numbers may be infinite,
 * so it is written as a structured clone, not as JSON.
 */
export interface WindowerSnapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  /** `WindowSettings.hash`. */
  readonly settings: string;
  /** Numbers of the windower itself, in an order of its own. */
  readonly numbers: Float64Array;
  readonly fates: Fates;
  readonly customers: CustomersSnapshot;
  readonly rings: RingsSnapshot;
  readonly meters: Float64Array | undefined;
  readonly eventIds: Int32Array | undefined;
  /** What is known of the customers' classes; absent where no event brought labels. */
  readonly labels?: Float64Array;
  readonly revisions: Float64Array;
  readonly guard: FutureGuardSnapshot;
  /** Records on probation; undefined once that is over. */
  readonly held: readonly HeldRecord[] | undefined;
}

export const SNAPSHOT_FORMAT = 2;

/** @throws SegtideError `state` where the snapshot is of another format or of other settings */
export function checkSnapshot(snapshot: WindowerSnapshot, settings: WindowSettings): void {
  if (snapshot.format !== SNAPSHOT_FORMAT) {
    throw new SegtideError(
      'state',
      `the saved windows have format ${snapshot.format}, this version reads ${SNAPSHOT_FORMAT}; start anew or use the version that saved them`,
    );
  }
  if (snapshot.settings !== settings.hash) {
    throw new SegtideError(
      'state',
      `the saved windows were cut by other settings (${snapshot.settings}, now ${settings.hash}); start anew or put the window options back`,
    );
  }
}

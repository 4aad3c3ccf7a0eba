import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchedRecords } from './fetched-records.js';
import type { ValueParser } from './value-parser.js';

/** Waits for what records need to be parsed, in turns that end. */
export interface Preparation {
  /**
   * True where the records can be parsed now. Else a promise that resolves true when they can, and false after so many
   * ms; then the same records (the same object) are asked for again.
   *
   * @throws SegtideError `transport` (by the promise) when what they need is not to be had
   */
  of(records: FetchedRecords, ms: number): true | Promise<boolean>;
}

export function createPreparation(values: ValueParser): Preparation {
  let records: FetchedRecords | undefined;
  /** For these records; undefined once it has resolved. */
  let ready: Promise<boolean> | undefined;

  const begin = (next: FetchedRecords): void => {
    const promise = values.prepare?.(next)?.then(() => {
      if (ready === promise) ready = undefined;
      return true;
    });
    promise?.catch(() => {}); // told where it is waited for
    ready = promise;
  };

  return {
    of(next, ms) {
      if (values.prepare === undefined) return true;
      if (next !== records) {
        records = next;
        begin(next);
      }
      return ready === undefined ? true : within(ready, ms);
    },
  };
}

/** Whether a promise resolved within so many ms. */
async function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(ms, false, { signal: waiting.signal }).catch(() => false);
  try {
    return await Promise.race([promise, late]);
  } finally {
    waiting.abort();
  }
}

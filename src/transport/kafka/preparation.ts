import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import type { ValueParser } from './value-parser.js';

/** Waits for what records need to be parsed, in turns that end. */
export interface Preparation {
  /**
   * True where the records can be parsed now. Else a promise that resolves true when they can, and false after so many
   * ms; then the same records are asked for again.
   *
   * @throws SegtideError `transport` (by the promise) when what they need is not to be had
   */
  of(records: readonly KafkaMessage[], ms: number): true | Promise<boolean>;
}

export function createPreparation(values: ValueParser): Preparation {
  let records: readonly KafkaMessage[] = [];
  /** For these records; undefined once it has resolved. */
  let ready: Promise<boolean> | undefined;

  const begin = (): void => {
    const promise = values.prepare?.(records)?.then(() => {
      if (ready === promise) ready = undefined;
      return true;
    });
    promise?.catch(() => {}); // told where it is waited for
    ready = promise;
  };

  return {
    of(next, ms) {
      if (values.prepare === undefined) return true;
      if (next.length !== records.length || next[0] !== records[0]) {
        records = next;
        begin();
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

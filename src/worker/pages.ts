import { setImmediate as nextTurn } from 'node:timers/promises';
import { SegtideError } from '../errors.js';
import type { DeadLetter } from '../ingest/dead-letter.js';
import type { UsageBatch } from '../ingest/usage-batch.js';
import type { Clock, Source } from '../ports.js';
import { isLearnt } from '../window/is-learnt.js';
import { sliceWindows } from '../window/slice-windows.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { Windower } from '../window/windower.js';
import { endOfBatch, type LearningBatches } from './learning-batches.js';

/** Windows that go through the later stages together, scored with one model. */
export interface Page {
  readonly windows: WindowBatch;
  /** Records of the input batch that could not be read; with its first page. */
  readonly deadLetters: readonly DeadLetter[];
  /** The customer who was forgotten before these windows: UTF-8. */
  readonly forgotten?: Uint8Array | undefined;
  /** All windows of a wave are out, those that end together: what they teach is to be looked at before the next come. */
  readonly endsWave?: boolean | undefined;
}

export interface Pages {
  /** The next page, or undefined at the end of the input. Call it when the last page is dealt with. */
  next(): Promise<Page | undefined>;
  /** Records that came in, readable or not. */
  readonly records: number;
  /** Whether all pages of the last input batch were given out: only then is there a state to go on from. */
  readonly isAtRest: boolean;
  /** @throws SegtideError `state` when the pages are not at rest */
  snapshot(): PagesSnapshot;
}

export interface PagesSnapshot {
  /** Windows that taught so far. */
  readonly learnt: number;
  /** Those of them since the last page that ended a wave. */
  readonly learntSinceWave: number;
  readonly records: number;
}

export interface PagesOptions extends LearningBatches {
  /**
   * Windows that taught, since the last page that ended a wave, after which a page ends one again. @default no page does
   */
  readonly waveLeast?: number | undefined;
  /** Called between two input batches, when nothing is half done: the place for a checkpoint. */
  readonly between?: (() => Promise<void>) | undefined;
  /** Asked between two input batches: true ends the pages there, without closing open windows. */
  readonly isStopped?: (() => boolean) | undefined;
  /**
   * Asked between two pages, after `isStopped`: true ends the pages there, in the midst of an input batch that may hold
   * many. There is no snapshot then; a restart repeats what came after the last one.
   */
  readonly isCutShort?: (() => boolean) | undefined;
  /** The wall clock of a live source, whose silence closes windows; absent in a replay. */
  readonly clock?: Clock | undefined;
}

/**
 * Pulls batches from the source through the windower, and cuts what comes out so that no page crosses the end of a
 * learning batch: models change only there, so what a window is assigned never depends on how records were batched.
 */
export function createPages(source: Source, windower: Windower, options: PagesOptions, from?: PagesSnapshot): Pages {
  const { clock, between, isStopped, isCutShort, waveLeast = Number.POSITIVE_INFINITY } = options;
  let learnt = from?.learnt ?? 0;
  let learntSinceWave = from?.learntSinceWave ?? 0;
  /** End of the last window that taught, and the batch that it came in. */
  let waveEnd = Number.NEGATIVE_INFINITY;
  let lastWindows: WindowBatch | undefined;
  let records = from?.records ?? 0;
  let ended = false;
  let closing: Iterator<WindowBatch> | undefined;
  let current: WindowBatch | undefined;
  let row = 0;
  let deadLetters: readonly DeadLetter[] = [];
  let forgotten: Uint8Array | undefined;

  /** Sets `current`, or leaves it where the last wave is out; false at the end. */
  async function advance(): Promise<boolean> {
    for (;;) {
      const page = closing?.next();
      if (page !== undefined && page.done !== true) {
        current = page.value;
        row = 0;
        return true;
      }
      closing = undefined;
      // Windows that end together close together: no more of them will come.
      if (learntSinceWave >= waveLeast) return true;
      if (ended) return false;
      await between?.();
      if (isStopped?.() === true) return false;
      const batch = await source.pull();
      if (batch?.waiting === true && isStopped?.() === true) return false;
      if (batch === undefined) {
        ended = true;
        closing = windower.finish();
      } else if (batch.forget !== undefined) {
        forgotten = batch.forget;
        closing = windower.forget(batch.forget);
      } else if (isSilence(batch) && clock !== undefined) {
        closing = windower.advance(clock.now());
      } else {
        deadLetters = batch.deadLetters;
        records += batch.length + deadLetters.length;
        closing = windower.push(batch, clock?.now());
      }
    }
  }

  /** Row before which a wave that is large enough ends, or the end of the page. */
  function cutWave(windows: WindowBatch, first: number): number {
    let end = waveEnd;
    let since = learntSinceWave;
    for (let i = first; i < windows.length; i++) {
      if (!isLearnt(windows, i)) continue;
      if (windows.ends[i]! > end && since >= waveLeast) return i;
      end = windows.ends[i]!;
      since++;
    }
    return windows.length;
  }

  /** A page without windows, for what is to be done between two waves. */
  function endWave(): Page {
    const { length } = lastWindows!;
    learntSinceWave = 0;
    const windows = { ...sliceWindows(lastWindows!, length, length), released: new Uint32Array(0) };
    return { windows, deadLetters: [], endsWave: true };
  }

  const isAtRest = (): boolean => current === undefined && closing === undefined;

  return {
    async next() {
      // Records that wait are dealt with in one go of promises; a live source and a signal to stop need their turn of
      // the event loop, too.
      await nextTurn();
      if (current === undefined && !(await advance())) return undefined;
      if (isCutShort?.() === true) return undefined;
      const page = current;
      if (page === undefined) return endWave();
      const most = clock === undefined ? page.length : row + LIVE_PAGE;
      const end = Math.min(cutAfter(page, row, endOfBatch(learnt, options) - learnt), cutWave(page, row), most);
      if (end === row && page.length > row) return endWave();
      const windows = sliceWindows(page, row, end);
      const taught = countLearnt(windows);
      learnt += taught;
      learntSinceWave += taught;
      if (taught > 0) {
        waveEnd = lastLearntEnd(windows);
        lastWindows = windows;
      }
      const letters = deadLetters;
      deadLetters = [];
      row = end;
      if (row === page.length) current = undefined;
      if (forgotten === undefined) return { windows, deadLetters: letters };
      const id = forgotten;
      forgotten = undefined;
      return { windows, deadLetters: letters, forgotten: id };
    },
    get records() {
      return records;
    },
    get isAtRest() {
      return isAtRest();
    },
    snapshot() {
      if (!isAtRest()) {
        throw new SegtideError('state', 'The pages of the last input batch must be dealt with before a snapshot.');
      }
      return { learnt, learntSinceWave, records };
    },
  };
}

/**
 * Windows of a live page. The event loop stands still while they are scored: 3 ms on an idle core, and many times that
 * where a training has the cores as well. The encoder's blocks are as long, so that fewer would cost throughput.
 */
const LIVE_PAGE = 32;

function isSilence(batch: UsageBatch): boolean {
  return batch.length === 0 && batch.deadLetters.length === 0 && batch.waiting !== true;
}

function countLearnt(windows: WindowBatch): number {
  let count = 0;
  for (let i = 0; i < windows.length; i++) if (isLearnt(windows, i)) count++;
  return count;
}

function lastLearntEnd(windows: WindowBatch): number {
  let last = windows.length - 1;
  while (!isLearnt(windows, last)) last--;
  return windows.ends[last]!;
}

/** Row after the one that fills the learning batch, or the end of the page. */
function cutAfter(windows: WindowBatch, from: number, room: number): number {
  let left = room;
  for (let i = from; i < windows.length; i++) {
    if (isLearnt(windows, i) && --left === 0) return i + 1;
  }
  return windows.length;
}

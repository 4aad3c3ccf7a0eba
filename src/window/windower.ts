import { SegtideError } from '../errors.js';
import type { UsageBatch } from '../ingest/usage-batch.js';
import { hashBytes } from '../numeric/hash.js';
import { longestSilence, silentBefore } from './customer-expiry.js';
import { EventIntake } from './event-intake.js';
import { toBatch } from './held-records.js';
import { Probation } from './probation.js';
import type { Fates, WindowBatch } from './window-batch.js';
import type { WindowSettings } from './window-settings.js';
import { checkSnapshot, type WindowerCounters, type WindowerSnapshot } from './windower-snapshot.js';
import { WindowerState } from './windower-state.js';

/**
 * Cuts usage events into windows by event time: synchronous, without clocks, and independent of how records were
 * batched.
 *
 * What comes out comes in pages, made as they are asked for: take a page, deal with it, take the next, until there is
 * none; only then push again. There is always at least one page, perhaps without windows, so that late and quarantined
 * events get out. Slots that a page names in `released` are given to others only by a later call.
 */
export interface Windower {
  /**
   * Takes a batch in, and gives the windows that it closes.
   *
   * @param nowMs wall clock of a live stream; without any, the stream is a replay
   * @throws SegtideError `state` while pages of the last call are not taken
   */
  push(batch: UsageBatch, nowMs?: number): IterableIterator<WindowBatch>;
  /** Follows the wall clock, which closes the windows of an input that fell idle. */
  advance(nowMs: number): IterableIterator<WindowBatch>;
  /**
   * Forgets a customer, whose open windows are then never emitted; the page names its slot in `released`, where the
   * customer was known.
   *
   * @param id UTF-8
   * @throws SegtideError `state` at the very beginning of a replay, while there are records on probation
   */
  forget(id: Uint8Array): IterableIterator<WindowBatch>;
  /** Tells that nobody listened for a while: what may wait to be read is no silence. */
  wake(): void;
  /** Ends the input. Nothing may be pushed after it. */
  finish(): IterableIterator<WindowBatch>;
  /** Results of the open windows so far, with `finals` 0. */
  provisional(): IterableIterator<WindowBatch>;
  /** Events by their first fate. Those on probation, at the very beginning of a replay, have none yet. */
  readonly fates: Fates;
  /** Events taken in that have no fate yet: those on probation, and those behind a page that is not taken. */
  readonly inFlight: number;
  readonly counters: WindowerCounters;
  /** Event times of the accepted events, [first, last]; null before the first. */
  readonly acceptedTimes: readonly [number, number] | null;
  /** Up to which event time the stream is thought to be complete, epoch ms; -Infinity before the first event. */
  readonly watermark: number;
  /** The state between two calls. @throws SegtideError `state` while pages of the last call are not taken */
  snapshot(): WindowerSnapshot;
}

/**
 * Creates a windower, or one that goes on from a snapshot.
 *
 * @throws SegtideError `state` where the snapshot has another format or other settings
 */
export function createWindower(settings: WindowSettings, snapshot?: WindowerSnapshot): Windower {
  if (snapshot !== undefined) checkSnapshot(snapshot, settings);
  return new KeyedWindower(settings, snapshot);
}

class KeyedWindower implements Windower {
  readonly #state: WindowerState;
  readonly #intake: EventIntake;
  #probation: Probation | undefined;
  /** Batches to deal with, in turn, each from a record on. */
  #feeds: { readonly batch: UsageBatch; at: number }[] = [];
  #isBusy = false;
  #isEnding = false;
  #isEnded = false;

  constructor(settings: WindowSettings, snapshot: WindowerSnapshot | undefined) {
    this.#state = new WindowerState(settings, snapshot);
    this.#intake = new EventIntake(this.#state);
    if (snapshot === undefined || snapshot.held !== undefined) {
      this.#probation = new Probation(settings.maxAheadMs, snapshot?.held);
    }
  }

  push(batch: UsageBatch, nowMs?: number): IterableIterator<WindowBatch> {
    this.#begin();
    const { fates, settings } = this.#state;
    if (batch.channels !== settings.channels.length) {
      throw new SegtideError(
        'config',
        `windows have ${settings.channels.length} channels but events have ${batch.channels}; map as many values as \`channels\` names`,
      );
    }
    fates.in += batch.deadLetters.length;
    fates.deadLettered += batch.deadLetters.length;
    if (nowMs !== undefined) {
      this.#follow(nowMs);
      if (batch.length > 0) this.#state.idleSinceMs = this.#state.nowMs!;
    }
    if (batch.labels !== undefined) this.#state.keepLabels();
    if (batch.length > 0) this.#feeds.push({ batch, at: 0 });
    return this.#pages();
  }

  advance(nowMs: number): IterableIterator<WindowBatch> {
    this.#begin();
    const now = this.#follow(nowMs);
    const state = this.#state;
    const { idleTimeoutMs } = state.settings;
    if (state.idleSinceMs === Number.POSITIVE_INFINITY) state.idleSinceMs = now;
    else if (now - state.idleSinceMs >= idleTimeoutMs && state.watermark.latest !== Number.NEGATIVE_INFINITY) {
      this.#intake.observe(now - idleTimeoutMs);
    }
    return this.#pages();
  }

  forget(id: Uint8Array): IterableIterator<WindowBatch> {
    this.#begin();
    if (this.#probation !== undefined && this.#probation.held.length > 0) {
      throw new SegtideError('state', 'a customer can be forgotten once it is clear what time it is');
    }
    const slot = this.#state.customers.find(id, 0, id.length, hashBytes(id, 0, id.length));
    if (slot >= 0) this.#release(Int32Array.of(slot));
    return this.#pages();
  }

  wake(): void {
    this.#state.idleSinceMs = Number.POSITIVE_INFINITY;
  }

  finish(): IterableIterator<WindowBatch> {
    this.#begin();
    this.#endProbation();
    this.#isEnding = true;
    this.#isEnded = true;
    return this.#pages();
  }

  provisional(): IterableIterator<WindowBatch> {
    this.#begin();
    this.#orderProvisional();
    return this.#pages();
  }

  get fates(): Fates {
    return { ...this.#state.fates };
  }

  get inFlight(): number {
    return this.#feeds.reduce((sum, { batch, at }) => sum + batch.length - at, this.#probation?.held.length ?? 0);
  }

  get counters(): WindowerCounters {
    const { customers, peakCustomers, evictedByTtl, evictedByCap, emitter, incompleteWindows, bytes } = this.#state;
    const { geometry, schedule, presentStep } = this.#state;
    const open = geometry.lastFor(presentStep) - schedule.nextClose + 1;
    return {
      customers: customers.live,
      peakCustomers,
      evictedByTtl,
      evictedByCap,
      windows: emitter.emitted,
      revisions: emitter.revised,
      incompleteWindows,
      // Before the first event there is neither a step nor a window.
      openWindows: Number.isFinite(open) ? Math.max(0, open) : 0,
      stateBytes: bytes,
    };
  }

  get acceptedTimes(): readonly [number, number] | null {
    const { firstTime, lastTime } = this.#state;
    return firstTime <= lastTime ? [firstTime, lastTime] : null;
  }

  get watermark(): number {
    return this.#state.watermark.current;
  }

  snapshot(): WindowerSnapshot {
    this.#refuseBusy();
    return { ...this.#state.snapshot(), held: this.#probation && [...this.#probation.held] };
  }

  /** Starts a call: nothing names the slots any more that the call before released. */
  #begin(): void {
    this.#refuseBusy();
    if (this.#isEnded) throw new SegtideError('state', 'the input was finished; create a new windower for more');
    this.#state.customers.recycle();
  }

  #refuseBusy(): void {
    if (this.#isBusy) throw new SegtideError('state', 'take all pages of the last call before the next one');
  }

  #follow(nowMs: number): number {
    const now = Math.max(this.#state.nowMs ?? nowMs, nowMs);
    this.#state.nowMs = now;
    this.#endProbation(); // a clock tells the time
    return now;
  }

  #endProbation(): void {
    const probation = this.#probation;
    if (probation === undefined) return;
    this.#probation = undefined;
    this.#state.guard.anchor = probation.decide();
    this.#feedHeld(probation);
  }

  #pages(): IterableIterator<WindowBatch> {
    this.#isBusy = true;
    let isFirst = true;
    const pages: IterableIterator<WindowBatch> = {
      next: () => {
        if (!this.#isBusy) return { done: true, value: undefined };
        this.#isBusy = !this.#fillPage();
        const state = this.#state;
        const { page } = state;
        if (!this.#isBusy && page.isEmpty && !isFirst) return { done: true, value: undefined };
        isFirst = false;
        state.page = state.createPage();
        return { done: false, value: page.toBatch(state.customers, state.watermark.current) };
      },
      [Symbol.iterator]: () => pages,
    };
    return pages;
  }

  /** Works until the page is full (false) or everything is dealt with (true). */
  #fillPage(): boolean {
    const { emitter } = this.#state;
    for (;;) {
      if (!emitter.fill(this.#state.page, this.#state.presentStep)) return false;
      if (this.#runDue()) continue;
      if (this.#feeds.length > 0) this.#consume();
      else if (this.#isEnding) this.#isEnding = this.#orderNextAtEnd();
      else if (emitter.isIdle) return true;
    }
  }

  /** Does the next thing that is due; false where nothing is. */
  #runDue(): boolean {
    const { schedule, watermark, customers, emitter, revisions, geometry, settings } = this.#state;
    const leaving = this.#intake.leaving;
    if (leaving !== undefined) {
      this.#intake.leaving = undefined;
      this.#release(leaving);
      this.#state.evictedByCap += leaving.length;
    }
    const due = schedule.due(watermark.current);
    if (due !== undefined && customers.live === 0) schedule.skipTo(watermark.current);
    else if (due === 'fire') {
      const window = schedule.nextFire;
      schedule.fire();
      emitter.order('final', window, window);
    } else if (due === 'close') {
      revisions.close(schedule.nextClose);
      schedule.close();
      // Who was silent for too long to be seen in the next window is not seen in any later one either.
      this.#expire(geometry.endOf(schedule.nextClose) - 1 - settings.customerTtlSteps);
    } else if (this.#intake.isProvisionalDue) {
      this.#intake.isProvisionalDue = false;
      this.#orderProvisional();
    } else return false;
    return true;
  }

  #consume(): void {
    const feed = this.#feeds[0]!;
    if (this.#probation !== undefined) this.#holdBack(this.#probation);
    else feed.at = this.#intake.consume(feed.batch, feed.at);
    if (feed.at === feed.batch.length) this.#feeds.splice(this.#feeds.indexOf(feed), 1);
  }

  /** Holds the first records back; once it is clear what time it is, they are dealt with before the rest. */
  #holdBack(probation: Probation): void {
    const feed = this.#feeds[0]!;
    while (feed.at < feed.batch.length) {
      const reached = probation.hold(feed.batch, feed.at++);
      if (reached === undefined) continue;
      this.#probation = undefined;
      this.#state.guard.anchor = reached;
      this.#feedHeld(probation);
      return;
    }
  }

  #feedHeld({ held }: Probation): void {
    if (held.length > 0) this.#feeds.unshift({ batch: toBatch(held, this.#state.settings.channels.length), at: 0 });
  }

  /** Forgets customers whose latest step is before `step`. */
  #expire(step: number): void {
    const state = this.#state;
    if (state.silentSince >= step) return;
    const silent = silentBefore(state.customers, step);
    this.#release(silent);
    state.evictedByTtl += silent.length;
    state.silentSince = longestSilence(state.customers);
  }

  #release(slots: Int32Array): void {
    const { customers, revisions, page } = this.#state;
    customers.release(slots);
    for (const slot of slots) {
      revisions.release(slot);
      page.released.push(slot);
    }
  }

  #orderProvisional(): void {
    const { emitter, schedule, geometry, presentStep } = this.#state;
    if (presentStep === Number.NEGATIVE_INFINITY) return;
    emitter.order('provisional', schedule.nextFire, geometry.lastFor(presentStep));
  }

  /** Orders what the end of the input completes, a window at a time, then what it cuts short; false when that is all. */
  #orderNextAtEnd(): boolean {
    const state = this.#state;
    const { schedule, geometry, emitter, latestStep, settings } = state;
    if (state.customers.live === 0) return false;
    if (schedule.nextFire === Number.NEGATIVE_INFINITY) schedule.skipTo(Number.NEGATIVE_INFINITY, state.firstStep);
    const window = schedule.nextFire;
    if (geometry.endOf(window) - 1 <= latestStep) {
      schedule.fire();
      emitter.order('final', window, window);
      return true;
    }
    const last = geometry.lastFor(latestStep);
    if (settings.atEnd === 'partial') emitter.order('provisional', window, last);
    else state.incompleteWindows += emitter.count(window, last);
    return false;
  }
}

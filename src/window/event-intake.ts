import type { DeadLetterReason } from '../ingest/dead-letter.js';
import type { UsageBatch } from '../ingest/usage-batch.js';
import { changedWindows } from './changed-windows.js';
import { longestSilent } from './customer-expiry.js';
import { sourceOf } from './held-records.js';
import { MAX_TIME, StepCursor } from './step-cursor.js';
import type { WindowerState } from './windower-state.js';

/**
 * Deals with records one by one: moves the watermark, decides each one's fate, and adds it to its customer's steps.
 *
 * It stops wherever windows have to be emitted first, so that results depend on the order of records alone.
 */
export class EventIntake {
  readonly #state: WindowerState;
  readonly #scratch: Float64Array; // (channels)
  /** Whether each event takes the long way: windows may be revised, or values are meter readings. */
  readonly #isPlain: boolean;
  /** Customers who leave for others, once their open windows are emitted. */
  leaving: Int32Array | undefined;
  isProvisionalDue = false;
  /** The record that made customers leave has entered its id already. */
  #hasEnteredId = false;
  readonly #cursor: StepCursor;

  constructor(state: WindowerState) {
    this.#state = state;
    this.#cursor = new StepCursor(state);
    this.#scratch = new Float64Array(state.settings.channels.length);
    this.#isPlain = state.meters === undefined && state.settings.allowedLatenessMs === 0;
  }

  /**
   * Deals with the records from `start` on, until one makes something due.
   *
   * @returns the record to go on with; the batch's length when it is used up
   */
  consume(batch: UsageBatch, start: number): number {
    const { customers, rings, schedule, watermark, eventIds: known, labels, fates } = this.#state;
    const { idBytes, idStarts, idEnds, idHashes, eventTimes, clockTimes, eventIds, values, channels } = batch;
    const end = batch.length;
    const isPlain = this.#isPlain;
    const cursor = this.#cursor;
    // What changes seldom stays in locals.
    let { latest } = watermark;
    let quietUntil = this.#quietUntil();
    let from = 0;
    let until = 0;
    let step = 0;
    let column = 0;
    let isOpen = false;
    let accepted = 0;
    let { firstTime, lastTime } = this.#state;
    let i = start;
    for (; i < end; i++) {
      const eventTime = eventTimes[i]!;
      const clockTime = clockTimes === undefined ? eventTime : clockTimes[i]!;
      // 1. Close windows, before the record that closes them is added.
      if (eventTime > latest || clockTime > latest) {
        if (eventTime < quietUntil && clockTime < quietUntil) {
          if (clockTime > latest) latest = clockTime;
        } else {
          watermark.observe(latest);
          if (!this.#isPlausible(batch, i, fates.in + i - start)) continue;
          if (this.observe(this.#bounded(clockTime, eventTime))) break;
          latest = watermark.latest;
          quietUntil = this.#quietUntil();
        }
      }
      // 2. Find its step.
      if (!(eventTime >= from && eventTime < until)) {
        isOpen = cursor.moveTo(eventTime);
        ({ from, until, step, column } = cursor);
      }
      // 3. Refuse what no window takes.
      if (!isOpen && this.#refuses(batch, i, latest)) continue;
      if (known !== undefined && eventIds !== undefined) {
        if (!this.#hasEnteredId && !known.add(eventIds, i * 4, step, schedule.openFrom)) {
          fates.duplicate++;
          continue;
        }
        this.#hasEnteredId = false;
      }
      // 4. Find its customer.
      let slot = customers.find(idBytes, idStarts[i]!, idEnds[i]!, idHashes[i]!);
      const isNew = slot < 0;
      if (isNew) {
        if (this.#makeRoom()) break;
        slot = this.#admit(batch, i);
      }
      // 5. Add it.
      if (!isOpen) {
        this.#extend(step);
        column = cursor.column;
        isOpen = true;
      }
      accepted++;
      if (labels !== undefined && batch.labels !== undefined) labels.note(slot, batch.labels[i]!, eventTime);
      if (eventTime < firstTime) firstTime = eventTime;
      if (eventTime > lastTime) lastTime = eventTime;
      if (isPlain) rings.add(slot, step, column, values, i * channels, eventTime);
      else if (this.#addSlowly(slot, isNew, batch, i)) {
        i++;
        break;
      }
    }
    watermark.observe(latest);
    fates.in += i - start;
    fates.accepted += accepted;
    this.#state.firstTime = firstTime;
    this.#state.lastTime = lastTime;
    return i;
  }

  /** Times before this are plausible, and make nothing due by moving the watermark. */
  #quietUntil(): number {
    const { guard, watermark, schedule, settings, nowMs } = this.#state;
    if (schedule.nextFire === Number.NEGATIVE_INFINITY || settings.provisionalEveryMs !== undefined) return -Infinity;
    const horizon = Math.min(guard.horizon(watermark.current, nowMs), MAX_TIME);
    return Math.min(horizon, schedule.dueAt + settings.outOfOrdernessMs);
  }

  /** Moves the watermark; tells whether that makes anything due. */
  observe(epochMs: number): boolean {
    const { watermark, schedule, settings, firstStep } = this.#state;
    if (!watermark.observe(epochMs)) return false;
    const { current } = watermark;
    if (schedule.nextFire === Number.NEGATIVE_INFINITY) schedule.skipTo(current, firstStep);
    if (settings.provisionalEveryMs !== undefined) {
      const tick = Math.floor(current / settings.provisionalEveryMs);
      const before = this.#state.provisionalTick;
      if (tick > before) this.isProvisionalDue = before !== Number.NEGATIVE_INFINITY;
      this.#state.provisionalTick = Math.max(tick, before);
    }
    return current >= schedule.dueAt || this.isProvisionalDue;
  }

  /** Whether an event, before which `position` records came, is not from the future; refuses it otherwise. */
  #isPlausible(batch: UsageBatch, i: number, position: number): boolean {
    const { guard, watermark, nowMs, peakCustomers } = this.#state;
    const eventTime = batch.eventTimes[i]!;
    if (eventTime >= MAX_TIME) {
      this.#quarantine(batch, i, 'implausible-time', BEYOND);
      return false;
    }
    const horizon = guard.horizon(watermark.current, nowMs);
    if (eventTime <= horizon) return true;
    if (nowMs === undefined && guard.believes(idText(batch, i), eventTime, peakCustomers, position)) return true;
    this.#quarantine(batch, i, 'future', `lies beyond ${toText(horizon)}, the latest time to be expected by then`);
    return false;
  }

  #quarantine(batch: UsageBatch, i: number, reason: DeadLetterReason, why: string): void {
    this.#state.fates.quarantined++;
    this.#state.page.quarantined.push({
      reason,
      detail: `event time ${toText(batch.eventTimes[i]!)} ${why}`,
      source: sourceOf(batch, i),
      row: batch.rows[i]!,
      offset: batch.offsets[i]!,
      bytes: batch.original(i).slice(),
      truncated: false,
    });
  }

  /** A clock time that is not to be believed, such as a wrong date at another file's head, gives way to the event's. */
  #bounded(clockTime: number, eventTime: number): number {
    const { guard, watermark, nowMs } = this.#state;
    if (clockTime <= eventTime) return clockTime;
    return clockTime <= guard.horizon(watermark.current, nowMs) ? clockTime : eventTime;
  }

  /** Refuses an event that no window takes. */
  #refuses(batch: UsageBatch, i: number, latest: number): boolean {
    const { schedule, watermark } = this.#state;
    const cursor = this.#cursor;
    if (!cursor.isPossible) this.#quarantine(batch, i, 'implausible-time', BEYOND);
    else if (cursor.isGap) {
      this.#state.fates.skipped++;
      this.#extend(cursor.step);
    } else if (cursor.step < schedule.openFrom) {
      watermark.observe(latest);
      this.#refuseLate(batch, i);
    } else return false;
    return true;
  }

  #refuseLate(batch: UsageBatch, i: number): void {
    const { fates, page, watermark } = this.#state;
    fates.late++;
    page.late.push({
      customerId: idText(batch, i),
      eventTime: batch.eventTimes[i]!,
      values: Array.from(batch.values.subarray(i * batch.channels, (i + 1) * batch.channels)),
      watermark: watermark.current,
      source: sourceOf(batch, i),
      row: batch.rows[i]!,
      offset: batch.offsets[i]!,
    });
  }

  /** At the cap, orders the open windows of the longest silent customers, who leave then; false below the cap. */
  #makeRoom(): boolean {
    const { customers, settings, emitter, schedule, geometry, latestStep } = this.#state;
    if (customers.live < settings.maxCustomers) return false;
    this.leaving = longestSilent(customers, Math.max(1, Math.floor(settings.maxCustomers / 64)));
    emitter.order('evicted', schedule.nextFire, geometry.lastFor(latestStep), this.leaving);
    this.#hasEnteredId = true;
    return true;
  }

  #admit(batch: UsageBatch, i: number): number {
    const state = this.#state;
    const { customers, rings, meters, labels } = state;
    const { step } = this.#cursor;
    const slot = customers.insert(batch.idBytes, batch.idStarts[i]!, batch.idEnds[i]!, batch.idHashes[i]!, step);
    rings.admit(slot);
    meters?.admit(slot);
    labels?.admit(slot);
    if (step < state.silentSince) state.silentSince = step;
    if (customers.live > state.peakCustomers) state.peakCustomers = customers.live;
    return slot;
  }

  /** Takes note that the stream reaches further than it did. */
  #extend(step: number): void {
    const state = this.#state;
    const { schedule, rings } = state;
    schedule.observe(step);
    if (step < state.firstStep) state.firstStep = step;
    if (step > state.latestStep) state.latestStep = step;
    const span = state.latestStep - Math.max(schedule.openFrom, state.firstStep) + 1;
    if (span <= rings.columns) return;
    rings.grow(span);
    this.#cursor.column = rings.columnOf(step);
  }

  /** Adds a record that may be a meter reading or change windows that have fired; tells whether it orders any. */
  #addSlowly(slot: number, isNew: boolean, batch: UsageBatch, i: number): boolean {
    const { rings, meters, emitter } = this.#state;
    const eventTime = batch.eventTimes[i]!;
    const values = this.#scratch;
    for (let c = 0; c < values.length; c++) values[c] = batch.values[i * values.length + c]!;
    meters?.difference(slot, values, 0, eventTime);
    const changed = changedWindows(this.#state, slot, isNew, this.#cursor.step);
    rings.add(slot, this.#cursor.step, this.#cursor.column, values, 0, eventTime);
    for (const window of changed) emitter.order('revised', window, window, Int32Array.of(slot));
    return !emitter.isIdle;
  }
}

const BEYOND = 'lies outside the years 1968 to 2101';

const DECODER = new TextDecoder();

function idText(batch: UsageBatch, i: number): string {
  return DECODER.decode(batch.idBytes.subarray(batch.idStarts[i]!, batch.idEnds[i]!));
}

function toText(epochMs: number): string {
  return Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : String(epochMs);
}

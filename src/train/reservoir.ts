import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import { createLeastKeyHeap } from './least-key-heap.js';
import { type ReservoirSnapshot, withoutCustomer } from './reservoir-snapshot.js';
import { samplingKey } from './sampling-key.js';
import { surplusOf } from './surplus-of.js';
import { toWindowBatch } from './window-columns.js';
import { withoutSurplus } from './without-surplus.js';

export type { ReservoirSnapshot } from './reservoir-snapshot.js';

export interface ReservoirOptions {
  /** Most windows kept. Takes 5 bytes per cell and some 100 per window. */
  readonly capacity: number;
  readonly steps: number;
  readonly channels: number;
  /** Any integer; decides which windows stay. */
  readonly seed: number;
  /**
   * Event time, in ms, after which a window is half as likely to be kept as a new one. Unset: all that ever came are
   * alike.
   * @default undefined
   */
  readonly halfLifeMs?: number | undefined;
}

/** A bounded sample of the windows that went by, weighted towards the recent ones and those of rare segments. */
export interface Reservoir {
  readonly capacity: number;
  /** Windows kept. */
  readonly length: number;
  /** Windows offered so far. */
  readonly offered: number;
  /**
   * Offers window `row` of a batch, and copies it if it is to be kept. A revision replaces its window if that is kept.
   *
   * @param weight how many times as likely it is to be kept as another of its time, at least 1. @default 1
   */
  add(windows: WindowBatch, row: number, weight?: number): void;
  /** Removes every window of a customer; one that comes later is kept like any other. */
  forget(customerId: string): void;
  /**
   * A copy of what is a sample of the stream, by window start and customer: all that is kept but what is kept for its
   * weight alone (`surplusOf`).
   */
  toWindows(): WindowBatch;
  /** A copy of all that is kept, in the same order: the same bytes, however the windows came. */
  snapshot(): ReservoirSnapshot;
}

/**
 * Creates a reservoir by weighted sampling without replacement (A-ES, Efraimidis & Spirakis, 2006) with weights that
 * grow exponentially in event time, so that old windows fade and none has to be reweighted.
 *
 * A window stays while its key `t ln 2 / halfLife + ln weight - ln(-ln u)` is among the `capacity` largest; `u` is a hash
 * of customer, window start and seed. So what is kept depends on the set of windows and their weights alone, neither on
 * their order nor on batches, and the union of two reservoirs is sampled like one.
 *
 * @throws SegtideError `config` when an option is out of range; `state` when the snapshot belongs to other settings.
 */
export function createReservoir(options: ReservoirOptions, snapshot?: ReservoirSnapshot): Reservoir {
  const { capacity, steps, channels, seed, halfLifeMs } = resolveReservoirOptions(options);
  const cells = steps * channels;
  const drawing = { seed, halfLifeMs: halfLifeMs ?? null };
  let offered = 0;
  let room = Math.min(capacity, 1024);
  let values = new Float32Array(room * cells);
  let mask = new Uint8Array(room * cells);
  const starts = new Float64Array(capacity);
  const ends = new Float64Array(capacity);
  const observedSteps = new Uint16Array(capacity);
  const keys = new Float64Array(capacity);
  const weights = new Float64Array(capacity);
  /** Largest key of those that were refused or given up. */
  let threshold = Number.NEGATIVE_INFINITY;
  const customers: string[] = [];
  const heap = createLeastKeyHeap(keys);
  const rowOf = new Map<string, number>();

  if (snapshot !== undefined) {
    refuseOther(snapshot);
    offered = snapshot.offered;
    threshold = snapshot.threshold ?? threshold;
    fill(snapshot);
  }

  function add(windows: WindowBatch, row: number, weight = 1): void {
    if (windows.steps !== steps || windows.channels !== channels) {
      throw new SegtideError(
        'config',
        `The reservoir keeps windows of ${steps} steps and ${channels} channels; got ${windows.steps} and ${windows.channels}`,
      );
    }
    const customer = windows.ids.text(windows.customers[row]!);
    const start = windows.starts[row]!;
    const known = windows.revisions[row] === 0 ? undefined : rowOf.get(identify(customer, start));
    if (known !== undefined) {
      copy(windows, row, known);
      return;
    }
    if (windows.revisions[row] === 0) offered++;
    offer(customer, start, weight, (into) => copy(windows, row, into));
  }

  function offer(customer: string, start: number, weight: number, write: (row: number) => void): void {
    const key = samplingKey(customer, start, drawing) + Math.log(weight);
    let row: number;
    if (heap.length < capacity) {
      row = heap.length;
      if (row === room) grow();
      keys[row] = key;
      heap.add(row);
    } else {
      row = heap.least!;
      threshold = Math.max(threshold, Math.min(key, keys[row]!));
      if (key <= keys[row]!) return;
      rowOf.delete(identify(customers[row]!, starts[row]!));
      keys[row] = key;
      heap.settleLeast();
    }
    customers[row] = customer;
    starts[row] = start;
    weights[row] = weight;
    rowOf.set(identify(customer, start), row);
    write(row);
  }

  function copy(windows: WindowBatch, from: number, into: number): void {
    values.set(windows.values.subarray(from * cells, (from + 1) * cells), into * cells);
    mask.set(windows.mask.subarray(from * cells, (from + 1) * cells), into * cells);
    ends[into] = windows.ends[from]!;
    observedSteps[into] = windows.observedSteps[from]!;
  }

  function grow(): void {
    room = Math.min(capacity, room * 2);
    const moreValues = new Float32Array(room * cells);
    const moreMask = new Uint8Array(room * cells);
    moreValues.set(values);
    moreMask.set(mask);
    values = moreValues;
    mask = moreMask;
  }

  function order(): Uint32Array {
    const rows = Uint32Array.from({ length: heap.length }, (_, i) => i);
    return rows.sort((a, b) => starts[a]! - starts[b]! || (customers[a]! < customers[b]! ? -1 : 1));
  }

  function gather(): ReservoirSnapshot {
    const rows = order();
    const { length } = heap;
    const kept = {
      formatVersion: 2 as const,
      offered,
      steps,
      channels,
      seed,
      halfLifeMs: halfLifeMs ?? null,
      weights: Float64Array.from(rows, (row) => weights[row]!),
      threshold: Number.isFinite(threshold) ? threshold : null,
      customers: Array.from(rows, (row) => customers[row]!),
      starts: Float64Array.from(rows, (row) => starts[row]!),
      ends: Float64Array.from(rows, (row) => ends[row]!),
      observedSteps: Uint16Array.from(rows, (row) => observedSteps[row]!),
      values: new Float32Array(length * cells),
      mask: new Uint8Array(length * cells),
    };
    for (let i = 0; i < length; i++) {
      const from = rows[i]! * cells;
      kept.values.set(values.subarray(from, from + cells), i * cells);
      kept.mask.set(mask.subarray(from, from + cells), i * cells);
    }
    return kept;
  }

  function refuseOther(state: ReservoirSnapshot): void {
    if (state.formatVersion !== 2) {
      throw new SegtideError(
        'state',
        `The reservoir's snapshot has format ${String((state as { formatVersion?: unknown }).formatVersion)}; this version reads format 2, which holds the weight of each window. Begin anew, or go on with the version that wrote it.`,
      );
    }
    const same =
      state.steps === steps &&
      state.channels === channels &&
      state.seed === seed &&
      state.halfLifeMs === (halfLifeMs ?? null);
    if (!same) {
      throw new SegtideError(
        'state',
        `The reservoir's snapshot belongs to other settings: ${state.steps} × ${state.channels}, seed ${state.seed}, half-life ${state.halfLifeMs} ms; got ${steps} × ${channels}, ${seed}, ${halfLifeMs ?? null}. Start without it or restore the settings.`,
      );
    }
  }

  function fill(state: ReservoirSnapshot): void {
    for (let i = 0; i < state.customers.length; i++) {
      offer(state.customers[i]!, state.starts[i]!, state.weights[i]!, (row) => {
        values.set(state.values.subarray(i * cells, (i + 1) * cells), row * cells);
        mask.set(state.mask.subarray(i * cells, (i + 1) * cells), row * cells);
        ends[row] = state.ends[i]!;
        observedSteps[row] = state.observedSteps[i]!;
      });
    }
  }

  return {
    capacity,
    get length() {
      return heap.length;
    },
    get offered() {
      return offered;
    },
    add,
    forget(customerId) {
      if (!customers.includes(customerId)) return;
      const kept = withoutCustomer(gather(), customerId);
      heap.clear();
      customers.length = 0;
      rowOf.clear();
      fill(kept);
    },
    toWindows() {
      const kept = gather();
      return withoutSurplus(toWindowBatch(kept), surplusOf(kept));
    },
    snapshot: gather,
  };
}

function identify(customer: string, start: number): string {
  return `${start}/${customer}`;
}

function resolveReservoirOptions(options: ReservoirOptions): ReservoirOptions {
  const { capacity, halfLifeMs } = options;
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new SegtideError('config', `\`capacity\` must be a whole number of windows, at least 1; got ${capacity}`);
  }
  if (halfLifeMs !== undefined && !(halfLifeMs > 0)) {
    throw new SegtideError('config', `\`halfLifeMs\` must be a positive time in ms; got ${halfLifeMs}`);
  }
  return options;
}

import type { WindowBatch } from '../window/window-batch.js';
import { fillGaps } from './fill.js';
import { log1pInPlace } from './log1p.js';
import { averageBins, interpolate, type Row, truncate } from './resample.js';
import { createSample, type Sample } from './sample.js';
import type { SeriesSettings } from './series-settings.js';
import { movingAverage, movingMedian } from './smooth.js';

/** Everything before scaling, one window and channel at a time, in memory that is allocated once. */
export interface SeriesShaper {
  /** The last series: filled, smoothed, resampled, transformed. Overwritten by the next `shape`. */
  readonly row: Row;
  /** The known values of `row`. */
  readonly known: Sample;
  /** Whether the window had a value other than zero in this channel. */
  readonly active: boolean;
  /** Whether cells of `row` are masked. */
  readonly masked: boolean;
  shape(batch: WindowBatch, window: number, channel: number): void;
}

export function createSeriesShaper(settings: SeriesSettings): SeriesShaper {
  return new WindowShaper(settings);
}

class WindowShaper implements SeriesShaper {
  readonly row: Row;
  known: Sample;
  active = false;
  masked = false;
  readonly #settings: SeriesSettings;
  readonly #loaded: Sample;
  readonly #loadedMask: Uint8Array;
  readonly #smoothed: Float32Array;
  readonly #shaped: Sample;
  readonly #compacted: Sample;
  readonly #span: Float32Array;
  /** Whether the last window left anything in `#loadedMask`. */
  #maskUsed = false;

  constructor(settings: SeriesSettings) {
    const { windowSteps, steps, smoothWidth } = settings;
    this.#settings = settings;
    this.#loaded = createSample(windowSteps);
    this.#loadedMask = new Uint8Array(windowSteps);
    const smoothed = settings.smooth === 'none' ? this.#loaded : createSample(windowSteps);
    this.#smoothed = smoothed.values;
    this.#shaped = settings.resample === 'none' ? smoothed : createSample(steps);
    const mask = settings.resample === 'none' ? this.#loadedMask : new Uint8Array(steps);
    this.row = { values: this.#shaped.values, mask };
    this.known = this.#shaped;
    this.#compacted = createSample(steps);
    this.#span = new Float32Array(smoothWidth);
  }

  shape(batch: WindowBatch, window: number, channel: number): void {
    const { fill, smooth, smoothWidth, resample, transform } = this.#settings;
    const values = this.#loaded.values;
    const mask = this.#loadedMask;
    this.#load(batch, window, channel);
    if (this.masked && fill !== 'mask') {
      fillGaps(fill, values, mask);
      this.masked = mask.some(isMasked);
    }
    if (smooth === 'average') movingAverage(values, mask, this.masked, smoothWidth, this.#smoothed);
    else if (smooth === 'median') movingMedian(values, mask, smoothWidth, this.#smoothed, this.#span);
    if (resample !== 'none') {
      const smoothed = { values: this.#smoothed, mask };
      if (resample === 'interpolate') interpolate(smoothed, this.row);
      else if (resample === 'average') averageBins(smoothed, this.row);
      else truncate(smoothed, this.row);
      if (this.masked) this.masked = this.row.mask.some(isMasked);
    }
    if (transform === 'log1p') log1pInPlace(this.#shaped.values, this.#shaped.bits);
    this.known = this.masked ? this.#compact() : this.#shaped;
  }

  /** Known cells as they are, 0 for known zeros and for gaps; the mask becomes 0 for known cells. */
  #load(batch: WindowBatch, window: number, channel: number): void {
    const { bits } = this.#loaded;
    const mask = batch.mask;
    const source = this.#bitsOf(batch.values);
    const stride = batch.channels;
    const first = window * bits.length * stride + channel;
    let masks = 0;
    let any = 0;
    let overflow = 0;
    // Zeros come at random, and a mispredicted branch costs more than all of this: values are copied as bits, cleared
    // where the mask is not 0. The exponent of an infinite or undefined value carries into the sign.
    for (let i = 0, at = first; i < bits.length; i++, at += stride) {
      const cell = mask[at]!;
      const word = source[at]! & ((cell - 1) >> 31);
      bits[i] = word;
      masks |= cell;
      any |= word;
      overflow |= (word & 0x7fffffff) + 0x00800000;
    }
    if (this.#maskUsed || masks > 1) this.#loadMask(mask, first, stride);
    this.#maskUsed = masks > 1;
    this.masked = masks > 1;
    if (overflow < 0) clampOverflow(this.#loaded.values);
    this.active = (any & 0x7fffffff) !== 0;
  }

  #loadMask(mask: Uint8Array, first: number, stride: number): void {
    const cells = this.#loadedMask;
    for (let i = 0, at = first; i < cells.length; i++, at += stride) cells[i] = mask[at]! <= 1 ? 0 : mask[at]!;
  }

  #compact(): Sample {
    const { values, mask } = this.row;
    const compacted = this.#compacted;
    compacted.count = 0;
    for (let i = 0; i < values.length; i++) if (mask[i] === 0) compacted.values[compacted.count++] = values[i]!;
    return compacted;
  }

  #source: Float32Array | undefined;
  #sourceBits: Int32Array = new Int32Array(0);

  /** The view is made once per batch, not once per window. */
  #bitsOf(values: Float32Array): Int32Array {
    if (this.#source !== values) {
      this.#source = values;
      this.#sourceBits = new Int32Array(values.buffer, values.byteOffset, values.length);
    }
    return this.#sourceBits;
  }
}

function isMasked(cell: number): boolean {
  return cell !== 0;
}

/** A sum beyond the range of float32 counts as the largest there is: one absurd value must not undo a global scale. */
function clampOverflow(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    values[i] = Number.isNaN(value) ? 0 : Math.max(-MOST_FLOAT32, Math.min(MOST_FLOAT32, value));
  }
}

const MOST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

import type { WindowBatch } from '../window/window-batch.js';
import { fillGaps } from './fill.js';
import { log1pInPlace } from './log1p.js';
import { averageBins, interpolate, type Row, truncate } from './resample.js';
import type { SeriesSettings } from './series-settings.js';
import { movingAverage, movingMedian } from './smooth.js';

/** Everything before scaling, one window and channel at a time, in memory that is allocated once. */
export interface SeriesShaper {
  /** The last shaped series: filled, smoothed, resampled, transformed. Overwritten by the next `shape`. */
  readonly row: Row;
  /** Whether the window had a cell other than zero in this channel. */
  readonly active: boolean;
  /** Whether cells of `row` are masked. */
  readonly masked: boolean;
  shape(batch: WindowBatch, window: number, channel: number): void;
}

export function createSeriesShaper(settings: SeriesSettings): SeriesShaper {
  return new WindowShaper(settings);
}

class WindowShaper implements SeriesShaper {
  row: Row;
  active = false;
  masked = false;
  readonly #settings: SeriesSettings;
  readonly #window: Row;
  readonly #smoothed: Row;
  readonly #resampled: Row;
  readonly #span: Float32Array;
  /** The bits of the values that the transform works on. */
  readonly #bits: Int32Array;

  constructor(settings: SeriesSettings) {
    const mask = new Uint8Array(settings.windowSteps);
    this.#settings = settings;
    this.#window = { values: new Float32Array(settings.windowSteps), mask };
    this.#smoothed =
      settings.smooth === 'none' ? this.#window : { values: new Float32Array(settings.windowSteps), mask };
    this.#resampled =
      settings.resample === 'none'
        ? this.#smoothed
        : { values: new Float32Array(settings.steps), mask: new Uint8Array(settings.steps) };
    this.#span = new Float32Array(settings.smoothWidth);
    this.row = this.#resampled;
    this.#bits = new Int32Array(this.row.values.buffer);
  }

  shape(batch: WindowBatch, window: number, channel: number): void {
    const { fill, smooth, smoothWidth, resample, transform } = this.#settings;
    const { values, mask } = this.#window;
    this.#load(batch, window, channel);
    if (this.masked) fillGaps(fill, values, mask);
    if (smooth === 'average') movingAverage(values, mask, smoothWidth, this.#smoothed.values);
    else if (smooth === 'median') movingMedian(values, mask, smoothWidth, this.#smoothed.values, this.#span);
    if (resample === 'interpolate') interpolate(this.#smoothed, this.row);
    else if (resample === 'average') averageBins(this.#smoothed, this.row);
    else if (resample === 'truncate') truncate(this.#smoothed, this.row);
    if (this.masked) this.masked = this.row.mask.some((cell) => cell !== 0);
    if (transform === 'log1p') log1pInPlace(this.row.values, this.#bits);
  }

  #load(batch: WindowBatch, window: number, channel: number): void {
    const { values, mask } = this.#window;
    const stride = batch.channels;
    let at = window * values.length * stride + channel;
    let masks = 0;
    let active = false;
    for (let i = 0; i < values.length; i++, at += stride) {
      const cell = batch.mask[at]!;
      const value = cell === 0 ? batch.values[at]! : 0; // what lies under the mask is not ours to read
      values[i] = value;
      mask[i] = cell * (cell >> 1); // a known zero (1) is known: 0; missing (2) and absent (3) stay
      masks |= cell;
      if (value !== 0) active = true;
    }
    this.active = active;
    this.masked = masks > 1;
  }
}

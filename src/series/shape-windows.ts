import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import { fillGaps } from './fill.js';
import { copyKnownCells, type KnownCells } from './known-cells.js';
import { log1pInPlace } from './log1p.js';
import { averageBins, interpolate, type Row, truncate } from './resample.js';
import { bitsOf } from './sample.js';
import type { SeriesSettings } from './series-settings.js';
import { movingAverage, movingMedian } from './smooth.js';

/**
 * Everything before scaling: windows filled, smoothed, resampled and transformed, in buffers of their own. `inactive` is
 * the window's, whatever became of it.
 *
 * @throws SegtideError `config` when windows have another shape than the settings.
 */
export function shapeWindows(settings: SeriesSettings, windows: WindowBatch): KnownCells {
  checkShape(settings, windows);
  const known = copyKnownCells(windows);
  const shaped = needsRows(settings, known) ? shapeRows(settings, known) : known;
  if (settings.transform === 'log1p') log1pInPlace(shaped.values, bitsOf(shaped.values));
  return shaped;
}

function checkShape(settings: SeriesSettings, batch: WindowBatch): void {
  if (batch.steps === settings.windowSteps && batch.channels === settings.channels) return;
  throw new SegtideError(
    'config',
    `series: prepared for windows of ${settings.windowSteps} steps and ${settings.channels} channels, got ` +
      `${batch.steps} steps and ${batch.channels} channels: resolve the options with the windower's own shape`,
  );
}

function needsRows({ fill, smooth, resample }: SeriesSettings, known: KnownCells): boolean {
  return smooth !== 'none' || resample !== 'none' || (fill !== 'mask' && known.masked.includes(1));
}

/** One window and channel at a time, in memory that is allocated once. */
function shapeRows(settings: SeriesSettings, known: KnownCells): KnownCells {
  const { windowSteps, steps, channels, resample } = settings;
  const length = known.inactive.length;
  const values = new Float32Array(length * steps * channels);
  const mask = new Uint8Array(values.length);
  const masked = new Uint8Array(length);
  const row = createRow(windowSteps);
  const smoothed = settings.smooth === 'none' ? row : { values: new Float32Array(windowSteps), mask: row.mask };
  const shaped = resample === 'none' ? smoothed : createRow(steps);
  const span = new Float32Array(settings.smoothWidth);
  for (let window = 0; window < length; window++) {
    if (known.inactive[window] === 1 && known.masked[window] === 0) continue; // zeros remain zeros
    for (let channel = 0; channel < channels; channel++) {
      const from = window * windowSteps * channels + channel;
      const to = window * steps * channels + channel;
      takeValues(known.values, from, channels, row.values);
      if (known.masked[window] === 1) {
        takeMask(known.mask, from, channels, row.mask);
        fillGaps(settings.fill, row.values, row.mask);
      }
      smoothRow(settings, row, known.masked[window] === 1, smoothed.values, span);
      resampleRow(resample, smoothed, shaped);
      for (let i = 0, at = to; i < steps; i++, at += channels) values[at] = shaped.values[i]!;
      if (known.masked[window] === 0) continue;
      for (let i = 0, at = to; i < steps; i++, at += channels) mask[at] = shaped.mask[i]!;
    }
    if (known.masked[window] === 0) continue;
    masked[window] = isMasked(mask, window * steps * channels, steps * channels);
    row.mask.fill(0);
  }
  return { values, mask, masked, inactive: known.inactive };
}

function createRow(steps: number): Row {
  return { values: new Float32Array(steps), mask: new Uint8Array(steps) };
}

function takeValues(values: Float32Array, first: number, stride: number, row: Float32Array): void {
  for (let i = 0, at = first; i < row.length; i++, at += stride) row[i] = values[at]!;
}

function takeMask(mask: Uint8Array, first: number, stride: number, row: Uint8Array): void {
  for (let i = 0, at = first; i < row.length; i++, at += stride) row[i] = mask[at]!;
}

function smoothRow(settings: SeriesSettings, row: Row, masked: boolean, out: Float32Array, span: Float32Array): void {
  const { smooth, smoothWidth } = settings;
  if (smooth === 'average') movingAverage(row.values, row.mask, masked, smoothWidth, out);
  else if (smooth === 'median') movingMedian(row.values, row.mask, smoothWidth, out, span);
}

function resampleRow(resample: SeriesSettings['resample'], row: Row, out: Row): void {
  if (resample === 'interpolate') interpolate(row, out);
  else if (resample === 'average') averageBins(row, out);
  else if (resample === 'truncate') truncate(row, out);
}

function isMasked(mask: Uint8Array, first: number, size: number): 0 | 1 {
  for (let i = first; i < first + size; i++) if (mask[i] !== 0) return 1;
  return 0;
}

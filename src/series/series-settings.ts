import { SegtideError } from '../errors.js';

/** What stands in for a cell that was not observed and is not a known zero (mask 2 and 3). */
export type Fill = 'zero' | 'hold' | 'linear' | 'mask';
export type Smooth = 'none' | 'average' | 'median';
export type Resample = 'none' | 'interpolate' | 'average' | 'truncate';
export type Transform = 'none' | 'log1p';
export type Scale = 'none' | 'max' | 'zscore' | 'robust' | 'minmax';
export type Scope = 'own' | 'global';

/** How windows become series. The parts act in the order in which they are listed. */
export interface SeriesOptions {
  /**
   * What stands in for missing and absent cells. Known zeros are never filled: they are usage of zero.
   * - `mask`: nothing; the cell stays 0, keeps its mask value, and neither the scale nor the encoder's loss sees it.
   * - `zero`: usage of zero.
   * - `hold`: the last known value; cells before the first known one take that.
   * - `linear`: the line between the known neighbours; cells before the first and after the last known one take that.
   *
   * Cells filled by the last three count as known. A channel without any known cell has nothing to hold or to draw a
   * line through: `hold` and `linear` then leave it masked.
   * @default 'mask'
   */
  readonly fill?: Fill;
  /**
   * Smoothing over time, centred, over the known cells within `smoothWidth`; at the edges the span shrinks to what is
   * there. Masked cells stay masked.
   * @default 'none'
   */
  readonly smooth?: Smooth;
  /** Steps that one smoothed step looks at: odd, at least 3, at most the window's steps. @default 3 */
  readonly smoothWidth?: number;
  /**
   * How a series gets `length` steps.
   * - `interpolate`: linearly between steps; the first and the last step stay. Masked where a step it needs is masked.
   * - `average`: means over equal bins, a step counting by the part of it that lies in the bin. A level stays; a sum
   *   does not. Masked where the whole bin is masked.
   * - `truncate`: the last `length` steps.
   * @default 'none'
   */
  readonly resample?: Resample;
  /** Steps after resampling, from 1 (`interpolate`: from 2) to 65,535; required by `resample`. @default the window's steps */
  readonly length?: number;
  /** `log1p` takes sign(x) · ln(1 + |x|), so that negative values keep their sign. @default 'log1p' */
  readonly transform?: Transform;
  /**
   * What is subtracted and divided by, taken over known cells after the transform.
   * - `max`: 0 and the maximum; minimum and range where a value is negative.
   * - `zscore`: mean and (population) standard deviation.
   * - `robust`: median and interquartile range; the standard deviation where that range is 0 though values vary.
   * - `minmax`: minimum and range.
   * @default 'zscore'
   */
  readonly scale?: Scale;
  /**
   * `own` scales each window and channel by itself, which keeps the shape and drops the level. `global` scales each
   * channel by what was fitted over many windows and lives in the model, which keeps both.
   * @default 'global'
   */
  readonly scope?: Scope;
}

/** Resolved `SeriesOptions` for windows of one shape. */
export interface SeriesSettings extends Required<Omit<SeriesOptions, 'length'>> {
  readonly windowSteps: number;
  readonly channels: number;
  /** Steps of the prepared series. */
  readonly steps: number;
}

/**
 * Checks options against the shape of the windows.
 *
 * @throws SegtideError `config` for a value out of range or at odds with another.
 */
export function resolveSeries(options: SeriesOptions, windowSteps: number, channels: number): SeriesSettings {
  const resample = oneOf('resample', options.resample ?? 'none', ['none', 'interpolate', 'average', 'truncate']);
  const smooth = oneOf('smooth', options.smooth ?? 'none', ['none', 'average', 'median']);
  const smoothWidth = options.smoothWidth ?? 3;
  checkWhole('windowSteps', windowSteps, 1);
  checkWhole('channels', channels, 1);
  checkWhole('smoothWidth', smoothWidth, 3);
  if (smoothWidth % 2 === 0) {
    refuse(`\`smoothWidth\` must be odd, so that a step is the centre of its span; got ${smoothWidth}`);
  }
  if (smooth !== 'none' && smoothWidth > windowSteps) {
    refuse(`\`smoothWidth\` must be at most the window's ${windowSteps} steps; got ${smoothWidth}`);
  }
  return {
    fill: oneOf('fill', options.fill ?? 'mask', ['zero', 'hold', 'linear', 'mask']),
    smooth,
    smoothWidth,
    resample,
    transform: oneOf('transform', options.transform ?? 'log1p', ['none', 'log1p']),
    scale: oneOf('scale', options.scale ?? 'zscore', ['none', 'max', 'zscore', 'robust', 'minmax']),
    scope: oneOf('scope', options.scope ?? 'global', ['own', 'global']),
    windowSteps,
    channels,
    steps: resolveLength(resample, options.length, windowSteps),
  };
}

function resolveLength(resample: Resample, length: number | undefined, windowSteps: number): number {
  if (length === undefined) {
    if (resample === 'none') return windowSteps;
    return refuse(`\`resample: ${resample}\` needs \`length\`, the number of steps to resample to`);
  }
  checkWhole('length', length, resample === 'interpolate' ? 2 : 1);
  if (resample === 'none' && length !== windowSteps) {
    refuse(`\`length\` is ${length} but windows have ${windowSteps} steps: say how by \`resample\`, or leave it out`);
  }
  if (resample === 'truncate' && length > windowSteps) {
    refuse(
      `\`resample: truncate\` can't make windows longer: \`length\` is ${length}, windows have ${windowSteps} steps`,
    );
  }
  return length;
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  return refuse(`\`${name}\` must be one of ${allowed.join(', ')}; got ${JSON.stringify(value)}`);
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= MOST_STEPS) return;
  refuse(`\`${name}\` must be a whole number from ${least} to ${MOST_STEPS}; got ${value}`);
}

/** Observed steps are counted in 16 bits. */
const MOST_STEPS = 65_535;

function refuse(text: string): never {
  throw new SegtideError('config', `series: ${text}`);
}

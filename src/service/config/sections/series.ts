import * as z from 'zod';
import { whole } from '../kinds.js';

/** `series`: how a window is made ready for the encoder. The parts act in this order. */
export const seriesSection = z
  .strictObject({
    fill: z
      .enum(['mask', 'zero', 'hold', 'linear'])
      .default('mask')
      .describe('Missing cells: left to the mask, zero, the last known value, or a line between the known neighbours.'),
    smooth: z.enum(['none', 'average', 'median']).default('none').describe('Moving average or median.'),
    smoothWidth: whole('steps', { min: 3, max: 65_535 })
      .default(3)
      .describe('Steps that one smoothed step looks at; odd, at most the window.'),
    resample: z
      .enum(['none', 'interpolate', 'average', 'truncate'])
      .default('none')
      .describe('How a series gets `length` steps: between neighbours, means of bins, or the last ones.'),
    length: whole('steps', { min: 1, max: 65_535 }).exactOptional().describe('Steps after resampling.'),
    transform: z.enum(['log1p', 'none']).default('log1p').describe('Applied before scaling; `log1p` keeps the sign.'),
    scale: z
      .enum(['zscore', 'robust', 'max', 'minmax', 'none'])
      .default('zscore')
      .describe('Mean and deviation, median and quartiles, maximum, or minimum and range.'),
    scope: z
      .enum(['global', 'own'])
      .default('global')
      .describe(
        '`global` scales by all windows and keeps shape and level; `own` by the window itself, and keeps the shape alone.',
      ),
  })
  .prefault({});

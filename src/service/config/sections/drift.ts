import * as z from 'zod';
import { real, whole } from '../kinds.js';

/** `drift`: how segments are watched. */
export const driftSection = z
  .strictObject({
    everyWindows: whole('windows', { min: 1 }).default(10_000).describe('Windows between two rounds of reports.'),
    thresholds: z
      .strictObject({
        psi: real('PSI', { min: 0 }).default(0.2).describe('Population stability index of segment shares.'),
        centroidShift: real('relative', { min: 0 }).default(0.5).describe('Shift of a centroid over its spread.'),
        reconstructionError: real('relative', { min: 0 }).default(0.5).describe('Rise of the reconstruction error.'),
      })
      .prefault({})
      .describe('A value above its threshold is drift.'),
  })
  .prefault({});

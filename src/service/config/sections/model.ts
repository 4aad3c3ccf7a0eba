import * as z from 'zod';
import { duration, real, share, whole } from '../kinds.js';

const retrain = z
  .strictObject({
    everyWindows: whole('windows', { min: 1 }).default(50_000).describe('Retrain after so many windows.'),
    everyWindowLengths: real('window lengths', { min: 0.01 })
      .default(4)
      .describe('Retrain after so much event time; whichever of the two comes first.'),
    minInterval: duration().prefault('0s').describe('Never sooner after the last training than this, in event time.'),
    onDrift: z.boolean().default(true).describe('Retrain when drift calls for it.'),
    swapAfterWindows: whole('windows')
      .default(0)
      .describe('Files: a new model takes effect exactly so many windows later.'),
  })
  .prefault({})
  .describe('When a challenger is trained.');

const gate = z
  .strictObject({
    minGain: real('relative').default(0).describe('What a challenger must gain in held-out reconstruction.'),
    maxChurn: share().default(0.5).describe('Customers that may change segment by the swap alone.'),
  })
  .prefault({})
  .describe('What a challenger must show before it replaces the champion.');

/** `model`: first fit, retraining and promotion. */
export const modelSection = z
  .strictObject({
    firstFit: whole('windows', { min: 1 }).default(2000).describe('Windows collected before the first training.'),
    reservoir: whole('windows', { min: 1 }).default(20_000).describe('Windows kept for training.'),
    heldOut: share().default(0.2).describe('Part of the reservoir kept back for the gate.'),
    retrain,
    gate,
  })
  .prefault({});

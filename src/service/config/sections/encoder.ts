import * as z from 'zod';
import { real, share, whole } from '../kinds.js';

/** `encoder`: what turns a series into a vector. */
export const encoderSection = z
  .strictObject({
    kind: z.enum(['vrae']).default('vrae').describe('Variational recurrent autoencoder.'),
    engine: z
      .enum(['auto', 'js', 'tfjs'])
      .default('auto')
      .describe(
        'What computes; `tfjs` needs @tensorflow/tfjs-node, `auto` leaves small networks to plain TypeScript and takes it for large ones. Results differ in the sixth digit.',
      ),
    hidden: whole('units', { min: 1, max: 1024 })
      .default(32)
      .describe('Units of each recurrent layer; time grows with the square.'),
    latent: whole('dimensions', { min: 1, max: 256 }).default(8).describe('Size of the embedding.'),
    updates: whole('updates', { min: 1, max: 10_000_000 }).default(1000).describe('Most updates of one training.'),
    batch: whole('windows', { min: 1, max: 65_536 }).default(32).describe('Windows in one update.'),
    learningRate: real('per update', { min: Number.MIN_VALUE, max: 1 })
      .default(0.01)
      .describe("Adam's learning rate at the start; falls to a tenth."),
    gradientClip: real('norm', { min: Number.MIN_VALUE }).default(5).describe('Largest norm of a gradient.'),
    beta: real('weight', { min: 0, max: 1e6 })
      .default(0.02)
      .describe('Weight of the divergence against reconstruction.'),
    betaWarmUp: share().default(0.3).describe('Part of the updates over which beta grows from 0.'),
    heldOut: real('share', { min: 0, max: 0.5 })
      .default(0.1)
      .describe('Part of the training windows that the best weights are chosen by.'),
    patience: whole('evaluations', { min: 1, max: 1000 })
      .default(5)
      .describe('Evaluations (of 20) without a gain after which a training stops early.'),
  })
  .prefault({});

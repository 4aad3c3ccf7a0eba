import * as z from 'zod';
import { real, whole } from '../kinds.js';

/** `encoder`: what turns a series into a vector. */
export const encoderSection = z
  .strictObject({
    kind: z.enum(['vrae']).default('vrae').describe('Variational recurrent autoencoder.'),
    engine: z
      .enum(['auto', 'js', 'tfjs'])
      .default('auto')
      .describe(
        'What trains and runs it; `auto` takes TensorFlow.js where it is installed. Results differ slightly between engines.',
      ),
    hidden: whole('units', { min: 1, max: 1024 }).default(32).describe('Units of the recurrent layers.'),
    latent: whole('dimensions', { min: 1, max: 256 }).default(8).describe('Size of the latent space.'),
    updates: whole('updates', { min: 1 }).default(1500).describe('Gradient steps of a training.'),
    batch: whole('windows', { min: 1 }).default(64).describe('Windows in one gradient step.'),
    learningRate: real('per update', { min: 1e-8, max: 1 }).default(0.003).describe('Step size of Adam.'),
    beta: real('weight', { min: 0 }).default(0.1).describe('Weight of the divergence term against reconstruction.'),
  })
  .prefault({});

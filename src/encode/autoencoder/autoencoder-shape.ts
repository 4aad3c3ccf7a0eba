import { isDeepStrictEqual } from 'node:util';
import { SegtideError } from '../../errors.js';
import type { AutoencoderKind } from '../encoder-kind.js';
import { type AutoencoderShape, isSize } from './architecture.js';
import { ARCHITECTURES, architectureOf } from './architectures.js';

export function isSameShape(a: AutoencoderShape, b: AutoencoderShape): boolean {
  return isDeepStrictEqual(a, b);
}

/**
 * Reads a shape from plain JSON.
 *
 * @throws SegtideError `state` when a field is missing or out of range.
 */
export function readAutoencoderShape(kind: AutoencoderKind, json: unknown): AutoencoderShape {
  const { steps, channels, latent, output } = (json ?? {}) as Partial<AutoencoderShape>;
  if (!isSize(steps) || !isSize(channels) || !isSize(latent)) {
    throw damagedAutoencoder(kind, `shapes of ${steps} steps, ${channels} channels and ${latent} latents`);
  }
  if (output !== 'relu' && output !== 'linear') throw damagedAutoencoder(kind, `an output of ${String(output)}`);
  const shape = { steps, channels, latent, output };
  return architectureOf(kind).readShape(json as object, shape, (what) => damagedAutoencoder(kind, what));
}

/** The error of a stored network that can't be used. */
export function damagedAutoencoder(kind: AutoencoderKind, what: string): SegtideError {
  const { title } = ARCHITECTURES[kind];
  return new SegtideError('state', `The stored ${title} can't be read: ${what}. Use an undamaged copy, or train anew.`);
}

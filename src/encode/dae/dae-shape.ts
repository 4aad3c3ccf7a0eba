import { SegtideError } from '../../errors.js';
import type { DaeOutput, DaeSettings } from './dae-options.js';

/** What fixes a network's tensors and what it computes of them. */
export interface DaeShape {
  /** Steps of a series. */
  readonly steps: number;
  readonly channels: number;
  /** Units of the encoder's layers; the decoder has the same the other way round. */
  readonly layers: readonly number[];
  readonly latent: number;
  readonly output: DaeOutput;
}

/** The shape that settings and series ask for. */
export function toDaeShape(
  { layers, latent }: Pick<DaeSettings, 'layers' | 'latent'>,
  output: DaeOutput,
  { steps, channels }: { readonly steps: number; readonly channels: number },
): DaeShape {
  return { steps, channels, layers, latent, output };
}

export function isSameShape(a: DaeShape, b: DaeShape): boolean {
  return (
    a.steps === b.steps &&
    a.channels === b.channels &&
    a.latent === b.latent &&
    a.output === b.output &&
    a.layers.join() === b.layers.join()
  );
}

/**
 * Reads a shape from plain JSON.
 *
 * @throws SegtideError `state` when a field is missing or out of range.
 */
export function readDaeShape(json: unknown): DaeShape {
  const { steps, channels, layers, latent, output } = (json ?? {}) as Partial<DaeShape>;
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
  if (!isSize(steps) || !isSize(channels) || !isSize(latent)) {
    throw damagedDae(`shapes of ${steps} steps, ${channels} channels and ${latent} latents`);
  }
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(isSize)) {
    throw damagedDae(`layers of ${JSON.stringify(layers)} units`);
  }
  if (output !== 'relu' && output !== 'linear') throw damagedDae(`an output of ${String(output)}`);
  return { steps, channels, layers, latent, output };
}

/** The error of a stored network that can't be used. */
export function damagedDae(what: string): SegtideError {
  return new SegtideError(
    'state',
    `The stored denoising autoencoder can't be read: ${what}. Use an undamaged copy, or train anew.`,
  );
}

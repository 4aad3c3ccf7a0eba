import { readFileSync } from 'node:fs';
import type { VraeShape } from '../vrae/vrae-shape.js';
import type { VraeWeights } from '../vrae/vrae-weights.js';
import { adaptWeights } from './adapt-weights.js';
import { fromPretrainedFile } from './pretrained-file.js';

/** Weights to begin a training with. */
export interface Beginning {
  readonly weights: VraeWeights;
  /** Whether they were made for other channels or latents, and so have as much to learn as new ones. */
  readonly adapted: boolean;
}

/**
 * The weights that ship with the package, `config/pretrained.safetensors`, as a beginning for a shape; `bench/pretrain.ts`
 * trains them.
 *
 * @returns undefined where they are no beginning for it
 */
export function pretrainedWeights(shape: VraeShape): Beginning | undefined {
  const given = fromPretrainedFile(readFileSync(FILE));
  const weights = adaptWeights(given, shape);
  if (weights === undefined) return undefined;
  return { weights, adapted: shape.channels !== given.shape.channels || shape.latent !== given.shape.latent };
}

/** Sources and build lie equally deep below the package's root. */
const FILE = new URL('../../../config/pretrained.safetensors', import.meta.url);

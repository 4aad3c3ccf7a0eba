import type { AutoencoderShape } from '../../../src/encode/autoencoder/architecture.js';
import { architectureOf } from '../../../src/encode/autoencoder/architectures.js';
import type {
  AutoencoderBatch,
  AutoencoderNetworkOptions,
} from '../../../src/encode/autoencoder/autoencoder-network.js';
import type { CnnShape } from '../../../src/encode/cnn/cnn-architecture.js';
import type { DaeShape } from '../../../src/encode/dae/dae-architecture.js';
import type { AutoencoderKind } from '../../../src/encode/encoder-kind.js';
import type { TransformerShape } from '../../../src/encode/transformer/transformer-places.js';
import { createRandom } from '../../../src/numeric/random.js';

export const PLAIN: NonNullable<AutoencoderNetworkOptions['training']> = { noise: 0, dropout: 0, loss: 'mae' };

/** A small network of each kind. */
export const SMALL_SHAPES: Readonly<Record<AutoencoderKind, AutoencoderShape>> = {
  dae: { steps: 3, channels: 2, latent: 3, output: 'relu', layers: [5, 4] } as DaeShape,
  cnn: { steps: 7, channels: 2, latent: 3, output: 'relu', filters: [4, 3], kernel: 3, stride: 2 } as CnnShape,
  transformer: {
    ...{ steps: 7, channels: 2, latent: 3, output: 'relu' },
    ...{ patch: 3, width: 4, heads: 2, depth: 2, decoderDepth: 1 },
  } as TransformerShape,
};

export function drawBatch(rows: number, shape: AutoencoderShape): AutoencoderBatch {
  const random = createRandom(5);
  const cells = rows * shape.steps * shape.channels;
  return {
    rows,
    values: Float32Array.from({ length: cells }, () => random.next()),
    mask: Uint8Array.from({ length: cells }, (_, i) => (i % 5 === 3 ? 2 : i % 2)),
    noise: Float64Array.from({ length: cells }, () => random.normal()),
    dropoutSeed: 9,
  };
}

export function drawParameters(kind: AutoencoderKind, shape: AutoencoderShape): Float64Array {
  const random = createRandom(3);
  return Float64Array.from({ length: architectureOf(kind).layout(shape).count }, () => 0.5 * random.normal());
}

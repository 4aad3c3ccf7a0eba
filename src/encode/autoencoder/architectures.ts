import { CNN_ARCHITECTURE } from '../cnn/cnn-architecture.js';
import { DAE_ARCHITECTURE } from '../dae/dae-architecture.js';
import type { AutoencoderKind } from '../encoder-kind.js';
import { TRANSFORMER_ARCHITECTURE } from '../transformer/transformer-architecture.js';
import type { Architecture } from './architecture.js';

/** What makes each kind of autoencoder. */
export const ARCHITECTURES = {
  dae: DAE_ARCHITECTURE,
  cnn: CNN_ARCHITECTURE,
  transformer: TRANSFORMER_ARCHITECTURE,
} as const satisfies Record<AutoencoderKind, Architecture>;

export function architectureOf(kind: AutoencoderKind): Architecture {
  return ARCHITECTURES[kind];
}

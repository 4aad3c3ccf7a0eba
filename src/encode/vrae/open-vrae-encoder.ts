import { createVraeEncoder, type VraeEncoder } from './vrae-encoder.js';
import { createInferenceNetwork } from './vrae-engine.js';
import type { VraeEngine } from './vrae-options.js';
import type { VraeWeights } from './vrae-weights.js';

/**
 * Makes an encoder of trained weights on the engine that is asked for, which loads while the encoder is handed on: the
 * first `encode` waits for it, and throws what its loading threw.
 */
export function openVraeEncoder(weights: VraeWeights, version: string, engine: VraeEngine): VraeEncoder {
  const { steps, channels, latent } = weights.shape;
  const opened = createInferenceNetwork(weights.shape, engine).then((network) =>
    createVraeEncoder(weights, version, network),
  );
  // Told to whoever encodes; nobody else need hear of it.
  opened.catch(() => undefined);
  return {
    version,
    steps,
    channels,
    embeddingSize: latent,
    encode: async (batch, signal) => (await opened).encode(batch, signal),
    reconstruct: async (latents) => (await opened).reconstruct(latents),
    dispose: () => {
      opened.then(
        (encoder) => encoder.dispose(),
        () => undefined,
      );
    },
  };
}

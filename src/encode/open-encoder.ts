import { createAutoencoderEncoder } from './autoencoder/autoencoder-encoder.js';
import type { Encoder } from './encoder.js';
import { type EncoderModel, encoderShapeOf, isAutoencoder, type PluginModel } from './encoder-model.js';
import { missingPlugin } from './missing-plugin.js';
import { loadOnnxRuntime } from './onnx/load-onnx-runtime.js';
import { createOnnxEncoder } from './onnx/onnx-encoder.js';
import { createPrecomputedEncoder } from './precomputed-encoder.js';
import { createProjectedEncoder } from './projected-encoder.js';
import { loadTfjsRuntime } from './tfjs/load-tfjs-runtime.js';
import { createTfjsEncoder } from './tfjs/tfjs-encoder.js';
import { createViewEncoder } from './view-encoder.js';
import { openEngine } from './vrae/engines/open-engine.js';
import { createVraeEncoder } from './vrae/vrae-encoder.js';
import { createInferenceNetwork } from './vrae/vrae-engine.js';
import type { VraeEngine } from './vrae/vrae-options.js';

/** Makes an encoder of a trained model. */
export type OpenEncoder = (model: EncoderModel, version: string, engine: VraeEngine) => Encoder;

/**
 * Makes an encoder of a trained model on the engine that is asked for, which loads while the encoder is handed on: the
 * first `encode` waits for it, and throws what its loading threw. It has `reconstruct` where the model has latents.
 *
 * @throws SegtideError `state` for a model of a plug-in, which `openEncoderWith` opens
 */
export const openEncoder = (
  model: EncoderModel,
  version: string,
  engine: VraeEngine,
): Encoder & Required<Pick<Encoder, 'dispose'>> => {
  if (model.kind === 'plugin') throw missingPlugin(model.name);
  const { steps, channels, embeddingSize, latentSize } = encoderShapeOf(model);
  const opened = open(model, version, engine);
  // Told to whoever encodes; nobody else need hear of it.
  opened.catch(() => undefined);
  return {
    version,
    steps,
    channels,
    embeddingSize,
    encode: async (batch, signal) => (await opened).encode(batch, signal),
    ...(latentSize > 0 && { reconstruct: async (latents) => (await opened).reconstruct!(latents) }),
    dispose: () => {
      opened.then(
        (encoder) => encoder.dispose?.(),
        () => undefined,
      );
    },
  };
};

async function open(model: Exclude<EncoderModel, PluginModel>, version: string, engine: VraeEngine): Promise<Encoder> {
  if (model.kind === 'precomputed') return createPrecomputedEncoder(model, version);
  if (isAutoencoder(model)) return createAutoencoderEncoder(model, version, (await openEngine(engine)).engine);
  if (model.kind === 'onnx') return createOnnxEncoder(model, version, await loadOnnxRuntime());
  if (model.kind === 'tfjs') return createTfjsEncoder(model, version, await loadTfjsRuntime());
  if (model.kind !== 'vrae') return createProjectedEncoder(model, version, (await openEngine(engine)).engine);
  const { vrae, viewMap } = model;
  const network = await createInferenceNetwork(vrae.shape, engine);
  const encoder = createVraeEncoder(vrae, version, network);
  if (viewMap === undefined) return encoder;
  return createViewEncoder(encoder, viewMap, (await openEngine(engine)).engine);
}

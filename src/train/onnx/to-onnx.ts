import {
  type AutoencoderModel,
  type EncoderModel,
  encoderShapeOf,
  isAutoencoder,
  type VraeModel,
} from '../../encode/encoder-model.js';
import { SegtideError } from '../../errors.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import type { ModelArtifact } from '../model-artifact.js';
import { addAutoencoderCells, addAutoencoderLatents } from './autoencoder-nodes.js';
import { encodeOnnx } from './encode-onnx.js';
import { createGraphBuilder, type GraphBuilder, type Value } from './graph-builder.js';
import { addLatents } from './latent-nodes.js';
import type { OnnxGraph } from './onnx-graph.js';
import { type OnnxManifest, toOnnxManifest } from './onnx-manifest.js';
import { addPlaces } from './place-nodes.js';
import { addReconstruction, addReconstructionError } from './reconstruction-nodes.js';
import { toVraeTensors } from './recurrent-nodes.js';
import { addSegments } from './segment-nodes.js';
import { addUsage } from './usage-nodes.js';
import { addViews } from './view-nodes.js';

export interface OnnxOptions {
  /**
   * Whether `latents`, `reconstruction` and `reconstructionError` are outputs, too, where the encoder has them: a quarter
   * of the time. @default true
   */
  readonly reconstruction?: boolean;
}

/** A model in ONNX. */
export interface OnnxModel {
  /** The file, with the manifest as JSON in its metadata under `segtide`. */
  readonly bytes: Uint8Array;
  readonly manifest: OnnxManifest;
}

/**
 * Writes a model as one ONNX graph, from prepared windows to embeddings, distances and segments, of standard operators.
 *
 * Inputs are `values` and `mask` of a `SeriesBatch`, (batch, steps, channels), float32 and uint8, for any number of
 * windows. Outputs are `embedding` (batch, size), `distances` to the centroids (batch, k), `segment` (batch), the row of
 * the nearest. The same model gives the same bytes.
 *
 * @throws SegtideError `config` when the model has a view that ONNX can not express; `state` when its encoder is damaged.
 */
export function toOnnx(model: ModelArtifact, { reconstruction = true }: OnnxOptions = {}): OnnxModel {
  const graph = toGraph(model, fromEncoderTensors(model.encoder), reconstruction);
  const manifest = toOnnxManifest(model, graph);
  const bytes = encodeOnnx(graph, {
    name: 'segtide',
    producer: 'segtide',
    documentation: `Model ${model.modelVersion} of segtide: prepared windows to embeddings, distances and segments.`,
    metadata: { segtide: JSON.stringify(manifest) },
  });
  return { bytes, manifest };
}

function toGraph(model: ModelArtifact, encoder: EncoderModel, withReconstruction: boolean): OnnxGraph {
  const graph = createGraphBuilder();
  const { steps, channels, embeddingSize } = encoderShapeOf(encoder);
  const values = graph.input({ name: 'values', dtype: 'float32', shape: [BATCH, steps, channels] });
  const mask = graph.input({ name: 'mask', dtype: 'uint8', shape: [BATCH, steps, channels] });
  const unknown = graph.add('Greater', [graph.cast(mask, 'int64'), graph.integers(1)]);
  const windows = { values, unknown, ...addCoded(graph, encoder, values, unknown, withReconstruction) };
  const embedding = addEmbedding(graph, encoder, windows);
  const { distances, segment } = graph.within('segments', () => addSegments(graph, model.clusterModel, embedding));
  const { k } = model.clusterModel;
  graph.output({ name: 'embedding', dtype: 'float32', shape: [BATCH, embeddingSize] }, embedding);
  graph.output({ name: 'distances', dtype: 'float32', shape: [BATCH, k] }, distances);
  graph.output({ name: 'segment', dtype: 'int64', shape: [BATCH] }, segment);
  if (withReconstruction && (encoder.kind === 'vrae' || isAutoencoder(encoder))) {
    outputReconstruction(graph, encoder, windows);
  }
  return graph.build();
}

/** What an autoencoder makes of windows, as far as it is asked for. */
function addCoded(
  graph: GraphBuilder,
  encoder: EncoderModel,
  values: Value,
  unknown: Value,
  withReconstruction: boolean,
): Pick<PreparedWindows, 'latents' | 'cells'> {
  const none = { latents: undefined, cells: undefined };
  if (encoder.kind === 'vrae') {
    const { vrae, viewMap } = encoder;
    if (!withReconstruction && viewMap?.views.latents === 0) return none;
    const latents = graph.within('encoder', () => addLatents(graph, vrae.shape, toVraeTensors(vrae), values));
    return { ...none, latents };
  }
  if (!isAutoencoder(encoder)) return none;
  const { weights } = encoder;
  const latents = graph.within('encoder', () => addAutoencoderLatents(graph, weights, values, unknown));
  const isDecoded = withReconstruction || encoder.embedding === 'reconstruction';
  const cells = isDecoded ? graph.within('decoder', () => addAutoencoderCells(graph, weights, latents)) : undefined;
  return { latents, cells };
}

function outputReconstruction(
  graph: GraphBuilder,
  encoder: VraeModel | AutoencoderModel,
  { values, unknown, latents: given, cells }: PreparedWindows,
): void {
  const { steps, channels, latentSize } = encoderShapeOf(encoder);
  const latents = given!;
  const decoded =
    encoder.kind === 'vrae'
      ? graph.within('decoder', () =>
          addReconstruction(graph, encoder.vrae.shape, toVraeTensors(encoder.vrae), latents),
        )
      : graph.add('Reshape', [cells!, graph.integers(0, steps, channels)]);
  const error = addReconstructionError(graph, values, decoded, unknown);
  graph.output({ name: 'latents', dtype: 'float32', shape: [BATCH, latentSize] }, latents);
  graph.output({ name: 'reconstruction', dtype: 'float32', shape: [BATCH, steps, channels] }, decoded);
  graph.output({ name: 'reconstructionError', dtype: 'float32', shape: [BATCH] }, error);
}

/** The size that is known when the graph runs. */
const BATCH = 'batch';

interface PreparedWindows {
  readonly values: Value;
  readonly unknown: Value;
  /** Undefined where nothing asks for them. */
  readonly latents: Value | undefined;
  /** What an autoencoder without views decodes them to, (batch, steps · channels); undefined where nothing asks for it. */
  readonly cells: Value | undefined;
}

/** A place on the map of views, the latents where there is none, what these are decoded to, or the one view of an encoder that has no VRAE. */
function addEmbedding(graph: GraphBuilder, encoder: EncoderModel, windows: PreparedWindows): Value {
  const { values, unknown, latents, cells } = windows;
  if (encoder.kind === 'plugin') {
    throw new SegtideError(
      'config',
      `This model's encoder is the plug-in ${encoder.name}, whose code is not in the model.`,
    );
  }
  if (encoder.kind === 'precomputed') return graph.add('Reshape', [values, graph.integers(0, encoder.size)]);
  if (isAutoencoder(encoder)) return encoder.embedding === 'latents' ? latents! : cells!;
  if (encoder.kind === 'onnx') {
    throw new SegtideError('config', "This model's encoder is an ONNX file already; there is nothing to export.");
  }
  if (encoder.kind === 'tfjs') {
    throw new SegtideError(
      'config',
      "This model's encoder is a TensorFlow model; convert that by tf2onnx, and train with it as kind onnx.",
    );
  }
  if (encoder.kind !== 'vrae') {
    const { views } = encoder;
    if (views.size === 0)
      throw new SegtideError('config', 'This model tells no windows apart; there is nothing to export.');
    const usage = graph.within('usage', () => addUsage(graph, views, values, unknown));
    return graph.cast(addViews(graph, views, [1], { usage, unknown, latents }), 'float32');
  }
  const { viewMap } = encoder;
  if (viewMap === undefined) return latents!;
  const { views, weights, map } = viewMap;
  const usage = graph.within('usage', () => addUsage(graph, views, values, unknown));
  const described = addViews(graph, views, weights, { usage, unknown, latents });
  return graph.within('map', () => addPlaces(graph, map, described));
}

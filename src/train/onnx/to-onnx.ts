import { type EncoderModel, embeddingSizeOf } from '../../encode/encoder-model.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import type { ModelArtifact } from '../model-artifact.js';
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
  /** Whether `latents`, `reconstruction` and `reconstructionError` are outputs, too: a quarter of the time. @default true */
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
  const { shape } = encoder.vrae;
  const { steps, channels } = shape;
  const values = graph.input({ name: 'values', dtype: 'float32', shape: [BATCH, steps, channels] });
  const mask = graph.input({ name: 'mask', dtype: 'uint8', shape: [BATCH, steps, channels] });
  const unknown = graph.add('Greater', [graph.cast(mask, 'int64'), graph.integers(1)]);
  const tensors = toVraeTensors(encoder.vrae);
  const needsLatents = withReconstruction || (encoder.viewMap?.views.latents ?? 1) > 0;
  const latents = needsLatents ? graph.within('encoder', () => addLatents(graph, shape, tensors, values)) : undefined;

  const embedding = addEmbedding(graph, encoder, { values, unknown, latents });
  const { distances, segment } = graph.within('segments', () => addSegments(graph, model.clusterModel, embedding));
  const { k } = model.clusterModel;
  graph.output({ name: 'embedding', dtype: 'float32', shape: [BATCH, embeddingSizeOf(encoder)] }, embedding);
  graph.output({ name: 'distances', dtype: 'float32', shape: [BATCH, k] }, distances);
  graph.output({ name: 'segment', dtype: 'int64', shape: [BATCH] }, segment);
  if (!withReconstruction) return graph.build();

  const decoded = graph.within('decoder', () => addReconstruction(graph, shape, tensors, latents!));
  const error = addReconstructionError(graph, values, decoded, unknown);
  graph.output({ name: 'latents', dtype: 'float32', shape: [BATCH, shape.latent] }, latents!);
  graph.output({ name: 'reconstruction', dtype: 'float32', shape: [BATCH, steps, channels] }, decoded);
  graph.output({ name: 'reconstructionError', dtype: 'float32', shape: [BATCH] }, error);
  return graph.build();
}

/** The size that is known when the graph runs. */
const BATCH = 'batch';

interface PreparedWindows {
  readonly values: Value;
  readonly unknown: Value;
  /** Undefined where nothing asks for them. */
  readonly latents: Value | undefined;
}

/** A place on the map of views, or the latents where there is none. */
function addEmbedding(graph: GraphBuilder, { viewMap }: EncoderModel, windows: PreparedWindows): Value {
  const { values, unknown, latents } = windows;
  if (viewMap === undefined) return latents!;
  const { views, weights, map } = viewMap;
  const usage = graph.within('usage', () => addUsage(graph, views, values, unknown));
  const described = addViews(graph, views, weights, { usage, unknown, latents });
  return graph.within('map', () => addPlaces(graph, map, described));
}

import { AUTOENCODER_CHOICES, type AutoencoderEmbedding } from '../encode/autoencoder/autoencoder-options.js';
import { damagedAutoencoder, readAutoencoderShape } from '../encode/autoencoder/autoencoder-shape.js';
import { fromAutoencoderTensors, toAutoencoderTensors } from '../encode/autoencoder/autoencoder-weights.js';
import { type AutoencoderKind, type EncoderKind, isAutoencoderKind, isEncoderKind } from '../encode/encoder-kind.js';
import {
  type AutoencoderModel,
  type EncoderModel,
  isAutoencoder,
  type PluginModel,
  type ViewMap,
  type VraeModel,
} from '../encode/encoder-model.js';
import { fromFileTensors, toFileTensors } from '../encode/file-tensors.js';
import type { LandmarkMap } from '../encode/neighbours/landmark-map.js';
import { fromViewTensors, toViewTensors } from '../encode/views/view-tensors.js';
import { readVraeShape } from '../encode/vrae/read-vrae-shape.js';
import { fromTensors, toTensors } from '../encode/vrae/vrae-weights.js';
import { SegtideError } from '../errors.js';
import type { Tensor, Tensors } from '../numeric/safetensors.js';
import type { EncoderArtifact } from './model-artifact.js';

/** An encoder as named tensors, with what describes them as the header. */
export function toEncoderTensors(model: EncoderModel): EncoderNumbers {
  if (model.kind === 'vrae') return toVraeTensors(model);
  if (isAutoencoder(model)) return toAutoencoderNumbers(model);
  if (model.kind === 'onnx' || model.kind === 'tfjs') return toFileTensors(model);
  if (model.kind === 'plugin') return toPluginNumbers(model);
  return model.kind === 'precomputed' ? { header: { size: model.size }, tensors: {} } : toViewTensors(model.views);
}

/** @throws SegtideError `state` when header and tensors do not belong together, or no encoder is of that kind. */
export function fromEncoderTensors(artifact: Pick<EncoderArtifact, 'kind'> & EncoderNumbers): EncoderModel {
  const kind = toEncoderKind(artifact.kind);
  if (kind === 'vrae') return fromVraeTensors(artifact);
  if (isAutoencoderKind(kind)) return fromAutoencoderNumbers(kind, artifact);
  if (kind === 'onnx' || kind === 'tfjs') return fromFileTensors(kind, artifact);
  if (kind === 'plugin') return fromPluginNumbers(artifact);
  return kind === 'precomputed'
    ? { kind, size: readSize(artifact.header) }
    : { kind, views: fromViewTensors(artifact) };
}

/** @throws SegtideError `state` when no encoder is of that kind. */
export function toEncoderKind(kind: string): EncoderKind {
  if (isEncoderKind(kind)) return kind;
  throw new SegtideError(
    'state',
    `This version of segtide knows no encoder of kind ${kind}. Use the version that wrote the model, or train anew.`,
  );
}

function toPluginNumbers({ name, steps, channels, fitted }: PluginModel): EncoderNumbers {
  const { embeddingSize, parameters = null, tensors = {} } = fitted;
  return { header: { plugin: name, steps, channels, embeddingSize, parameters }, tensors };
}

function fromPluginNumbers({ header, tensors }: EncoderNumbers): PluginModel {
  const { plugin, steps, channels, embeddingSize, parameters } = (header ?? {}) as Readonly<Record<string, unknown>>;
  const sizes = [steps, channels, embeddingSize].map((size) => readSize({ size }));
  if (typeof plugin !== 'string') throw damaged('it does not name its plug-in');
  const fitted = { embeddingSize: sizes[2]!, parameters, tensors };
  return { kind: 'plugin', name: plugin, steps: sizes[0]!, channels: sizes[1]!, fitted };
}

function readSize(header: unknown): number {
  const { size } = (header ?? {}) as { readonly size?: number };
  if (Number.isSafeInteger(size) && size! > 0) return size!;
  throw damaged(`windows or embeddings of ${size} numbers`);
}

type EncoderNumbers = Pick<EncoderArtifact, 'header' | 'tensors'>;

function toAutoencoderNumbers({ weights, embedding }: AutoencoderModel): EncoderNumbers {
  const tensors = Object.entries(toAutoencoderTensors(weights)).map(([name, { shape, values }]): [string, Tensor] => [
    name,
    { shape, values: values.slice() },
  ]);
  return { header: { ...weights.shape, embedding }, tensors: Object.fromEntries(tensors) };
}

function fromAutoencoderNumbers(kind: AutoencoderKind, { header, tensors }: EncoderNumbers): AutoencoderModel {
  const { embedding } = (header ?? {}) as { readonly embedding?: AutoencoderEmbedding };
  if (embedding === undefined || !AUTOENCODER_CHOICES.embedding.includes(embedding)) {
    throw damagedAutoencoder(kind, `an embedding of ${String(embedding)}`);
  }
  return { kind, weights: fromAutoencoderTensors(kind, readAutoencoderShape(kind, header), tensors), embedding };
}

function toVraeTensors({ vrae, viewMap }: VraeModel): EncoderNumbers {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape, values } of toTensors(vrae)) tensors[name] = { shape, values: values.slice() };
  if (viewMap === undefined) return { header: vrae.shape, tensors };
  const { views, weights, map } = viewMap;
  const stored = toViewTensors(views);
  const { landmarks, places, ...rest } = map;
  const header: Header = { ...vrae.shape, viewMap: { views: stored.header, weights, map: rest } };
  return {
    header,
    tensors: {
      ...tensors,
      ...stored.tensors,
      [LANDMARKS]: { shape: [map.length, map.inputs], values: landmarks },
      [PLACES]: { shape: [map.length, map.size], values: places },
    },
  };
}

function fromVraeTensors({ header, tensors }: EncoderNumbers): VraeModel {
  const { viewMap, ...shape } = header as Header;
  const ofVrae = Object.entries(tensors).filter(([name]) => !name.startsWith(VIEWS) && !name.startsWith(MAP));
  return {
    kind: 'vrae',
    vrae: fromTensors(
      readVraeShape(shape),
      ofVrae.map(([name, tensor]) => ({ name, ...tensor })),
    ),
    viewMap: viewMap === undefined ? undefined : readViewMap(viewMap, tensors),
  };
}

const VIEWS = 'views.';
const MAP = 'map.';
const LANDMARKS = `${MAP}landmarks`;
const PLACES = `${MAP}places`;

/** The VRAE's shape, and beside it what the views and their map need. */
interface Header {
  readonly viewMap?: {
    readonly views: unknown;
    readonly weights: readonly number[];
    readonly map: MapSizes;
  };
}

type MapSizes = Omit<LandmarkMap, 'landmarks' | 'places'>;

function readViewMap({ views, weights, map }: NonNullable<Header['viewMap']>, tensors: Tensors): ViewMap {
  const read = fromViewTensors({ header: views, tensors });
  const { length, inputs, size, neighbours } = map ?? {};
  if (![length, inputs, size, neighbours].every((count) => Number.isSafeInteger(count) && count > 0)) {
    throw damaged(`the map's sizes are ${length} × ${inputs}, ${size} and ${neighbours}`);
  }
  if (inputs !== read.size) throw damaged(`the map takes ${inputs} numbers, and the views give ${read.size}`);
  const isWeight = (weight: unknown): boolean => Number.isFinite(weight) && (weight as number) >= 0;
  if (!Array.isArray(weights) || weights.length !== read.views.length || !weights.every(isWeight)) {
    throw damaged(`${read.views.length} views have the weights ${JSON.stringify(weights)}`);
  }
  return {
    views: read,
    weights,
    map: {
      length,
      inputs,
      size,
      neighbours,
      landmarks: take(tensors, LANDMARKS, length, inputs),
      places: take(tensors, PLACES, length, size),
    },
  };
}

function take(tensors: Tensors, name: string, rows: number, columns: number): Float32Array {
  const tensor = tensors[name];
  if (!(tensor?.values instanceof Float32Array) || tensor.shape.join() !== `${rows},${columns}`) {
    throw damaged(`${name} is not of shape ${rows} × ${columns}`);
  }
  if (!tensor.values.every(Number.isFinite)) throw damaged(`${name} holds numbers that are not finite`);
  return tensor.values;
}

function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored encoder can't be read: ${what}. Use an undamaged copy, or train anew.`);
}

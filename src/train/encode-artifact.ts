import { createHash } from 'node:crypto';
import { type AnomalyHeader, fromAnomalyTensors, toAnomalyTensors } from '../anomaly/anomaly-tensors.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import type { AffineMap } from '../numeric/affine-map.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type Tensor,
  type Tensors,
} from '../numeric/safetensors.js';
import { sha256Of } from '../numeric/sha256-of.js';
import type { Alignment } from './alignment.js';
import type { EncoderArtifact, ModelArtifact } from './model-artifact.js';

/**
 * Packs a model version as a safetensors file: the encoder's weights, centroids and their weights, and the map onto an
 * earlier version's space as tensors, and the rest as JSON in its metadata, with the format's version and the SHA-256 of the whole file (docs/models.md).
 */
export function encodeArtifact({ encoder, clusterModel, alignment, anomaly, ...rest }: ModelArtifact): Uint8Array {
  const stored = anomaly && toAnomalyTensors(anomaly);
  const { tensors: encoderTensors, ...encoderRest } = encoder;
  const { centroids, weights, ...clusterRest } = clusterModel;
  const packed: PackedModel = {
    ...rest,
    encoder: encoderRest,
    clusterModel: clusterRest,
    alignment: alignment && { to: alignment.to, residual: alignment.residual },
    anomaly: stored?.header ?? null,
  };
  const tensors: Record<string, Tensor> = {
    [CENTROIDS]: { shape: [clusterModel.k, clusterModel.size], values: centroids },
    [WEIGHTS]: { shape: [clusterModel.k], values: weights },
  };
  if (alignment !== null) {
    const { inputs, outputs, matrix, offset } = alignment.map;
    tensors[ALIGNMENT_MATRIX] = { shape: [inputs, outputs], values: matrix };
    tensors[ALIGNMENT_OFFSET] = { shape: [outputs], values: offset };
  }
  for (const [name, tensor] of Object.entries(encoderTensors)) tensors[ENCODER + name] = tensor;
  for (const [name, tensor] of Object.entries(stored?.tensors ?? {})) tensors[ANOMALY + name] = tensor;
  const metadata = {
    format: FORMAT,
    sha256: NO_CHECKSUM,
    formatVersion: FORMAT_VERSION,
    model: JSON.stringify(packed),
  };
  const bytes = encodeSafetensors({ tensors, metadata });
  bytes.set(new TextEncoder().encode(checksum(bytes)), CHECKSUM_START);
  return bytes;
}

/**
 * Unpacks what `encodeArtifact` packed.
 *
 * @throws SegtideError `state` when the bytes are no model, are cut off or damaged, or are of a later format.
 */
export function decodeArtifact(bytes: Uint8Array): ModelArtifact {
  const { tensors, metadata } = readFile(bytes);
  if (metadata.sha256 !== checksum(bytes)) {
    throw refused('it is damaged: its SHA-256 differs', 'Use an undamaged copy, or train anew.');
  }
  if (metadata.formatVersion !== FORMAT_VERSION) {
    throw refused(
      `it is of format ${metadata.formatVersion}, and this version of segtide reads format ${FORMAT_VERSION}`,
      'Use the version of segtide that wrote it, or train anew.',
    );
  }
  return unpack(metadata.model ?? '', tensors);
}

/**
 * Names a model version: its number and the first eight hex digits of the SHA-256 of its content, so that the same
 * number trained twice on different data can't be mistaken for one.
 *
 * @param artifact the model under any name; the names in it do not count
 */
export function toModelVersion(number: number, artifact: ModelArtifact): string {
  const bytes = encodeArtifact(withModelVersion(artifact, ''));
  return `v${number}-${sha256Of(bytes).slice(0, 8)}`;
}

/** The same model under a name, in all places that carry one. */
export function withModelVersion(artifact: ModelArtifact, modelVersion: string): ModelArtifact {
  return { ...artifact, modelVersion, clusterModel: { ...artifact.clusterModel, modelVersion } };
}

const FORMAT = 'segtide-model';
const FORMAT_VERSION = '1';
const ENCODER = 'encoder.';
const ANOMALY = 'anomaly.';
const CENTROIDS = 'clusters.centroids';
const WEIGHTS = 'clusters.weights';
const ALIGNMENT_MATRIX = 'alignment.matrix';
const ALIGNMENT_OFFSET = 'alignment.offset';

/** Every version of the format begins its header so, and has the checksum there. */
const HEADER_BEGIN = `{"__metadata__":{"format":"${FORMAT}","sha256":"`;
const HEADER_START = 8;
const CHECKSUM_START = HEADER_START + HEADER_BEGIN.length;
/** Stands in the place of the checksum while it is taken. */
const NO_CHECKSUM = '0'.repeat(64);

type PackedModel = Omit<ModelArtifact, 'encoder' | 'clusterModel' | 'alignment' | 'anomaly'> & {
  readonly encoder: Omit<EncoderArtifact, 'tensors'>;
  readonly clusterModel: Omit<ClusterModel, 'centroids' | 'weights'>;
  readonly alignment: Omit<Alignment, 'map'> | null;
  /** Models of earlier versions have none. */
  readonly anomaly?: AnomalyHeader | null;
};

function readFile(bytes: Uint8Array): Safetensors {
  const begin = new TextDecoder().decode(bytes.subarray(HEADER_START, CHECKSUM_START));
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw refused('the file is gzipped', 'Unpack it (gunzip).');
  if (begin !== HEADER_BEGIN) {
    throw begin !== '' && HEADER_BEGIN.startsWith(begin)
      ? refused('the file is cut off', 'Use a whole copy, or train anew.')
      : refused('it is no model of segtide', 'Name a file that `segtide train` wrote.');
  }
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    throw refused((cause as Error).message, 'Use an undamaged copy, or train anew.', cause);
  }
}

/** What the checksum can't tell: a file of our format that another program made. */
function unpack(text: string, tensors: Tensors): ModelArtifact {
  try {
    const packed = JSON.parse(text) as PackedModel;
    for (const part of ['series', 'encoder', 'clusterModel', 'lineage', 'training'] as const) {
      if (typeof packed?.[part] !== 'object' || packed[part] === null) throw new TypeError(`it has no ${part}`);
    }
    const { encoder, clusterModel, alignment, anomaly, ...rest } = packed;
    const { k, size } = clusterModel;
    return {
      ...rest,
      encoder: {
        ...encoder,
        tensors: tensorsOf(tensors, ENCODER),
      },
      clusterModel: {
        ...clusterModel,
        centroids: take(tensors, CENTROIDS, Float32Array, [k, size]),
        weights: take(tensors, WEIGHTS, Float64Array, [k]),
      },
      alignment: alignment && { ...alignment, map: takeMap(tensors, size) },
      anomaly: anomaly ? fromAnomalyTensors({ header: anomaly, tensors: tensorsOf(tensors, ANOMALY) }) : null,
    };
  } catch (cause) {
    throw refused(`its parts do not fit together (${(cause as Error).message})`, 'Train anew.', cause);
  }
}

/** Tensors whose names begin so, by what follows. */
function tensorsOf(tensors: Tensors, beginning: string): Tensors {
  const those = Object.entries(tensors).filter(([name]) => name.startsWith(beginning));
  return Object.fromEntries(those.map(([name, tensor]) => [name.slice(beginning.length), tensor]));
}

function takeMap(tensors: Tensors, inputs: number): AffineMap {
  const outputs = tensors[ALIGNMENT_OFFSET]?.values.length ?? 0;
  return {
    inputs,
    outputs,
    matrix: take(tensors, ALIGNMENT_MATRIX, Float64Array, [inputs, outputs]),
    offset: take(tensors, ALIGNMENT_OFFSET, Float64Array, [outputs]),
  };
}

function take<T extends Tensor['values']>(
  tensors: Tensors,
  name: string,
  kind: new (n: number) => T,
  shape: number[],
): T {
  const tensor = tensors[name];
  if (tensor?.values instanceof kind && tensor.shape.join() === shape.join()) return tensor.values;
  throw new TypeError(`${name} should be a ${kind.name} of shape ${shape.join(' × ')}`);
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256')
    .update(bytes.subarray(0, CHECKSUM_START))
    .update(NO_CHECKSUM)
    .update(bytes.subarray(CHECKSUM_START + NO_CHECKSUM.length))
    .digest('hex');
}

function refused(why: string, advice: string, cause?: unknown): SegtideError {
  return new SegtideError('state', `The model can't be read: ${why}. ${advice}`, { cause });
}

import { createHash } from 'node:crypto';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import type { ModelArtifact } from './model-artifact.js';

/**
 * Packs a model version: `SEGTIDEM`, the SHA-256 of all that follows, the length of a JSON header (uint32), the
 * header, and the numbers (little-endian): encoder values, centroids, weights.
 */
export function encodeArtifact(artifact: ModelArtifact): Uint8Array {
  const { encoder, clusterModel, ...rest } = artifact;
  const { values, ...encoderRest } = encoder;
  const { centroids, weights, ...clusterRest } = clusterModel;
  const header = {
    ...rest,
    encoder: { ...encoderRest, values: values.length },
    clusterModel: clusterRest,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const body = new Uint8Array(4 + text.length + 4 * (values.length + centroids.length) + 8 * weights.length);
  const view = new DataView(body.buffer);
  view.setUint32(0, text.length, true);
  body.set(text, 4);
  let at = 4 + text.length;
  for (const numbers of [values, centroids]) {
    for (let i = 0; i < numbers.length; i++, at += 4) view.setFloat32(at, numbers[i]!, true);
  }
  for (let i = 0; i < weights.length; i++, at += 8) view.setFloat64(at, weights[i]!, true);

  const bytes = new Uint8Array(BODY + body.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  bytes.set(sha256(body), MAGIC.length);
  bytes.set(body, BODY);
  return bytes;
}

/**
 * Unpacks what `encodeArtifact` packed.
 *
 * @throws SegtideError `state` when the bytes are no model, are damaged, or are of a later format.
 */
export function decodeArtifact(bytes: Uint8Array): ModelArtifact {
  if (bytes.length < BODY + 4 || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw refused(`${bytes.length} bytes that are no segtide model`);
  }
  const body = bytes.subarray(BODY);
  if (!sha256(body).equals(bytes.subarray(MAGIC.length, BODY))) throw refused('a damaged model: its SHA-256 differs');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const headerEnd = 4 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(body.subarray(4, headerEnd))) as PackedHeader;
  if (header.formatVersion !== 1) throw refused(`format ${String(header.formatVersion)}; this version reads format 1`);

  const { k, size } = header.clusterModel;
  let at = headerEnd;
  const floats = (length: number): Float32Array => {
    const numbers = new Float32Array(length);
    for (let i = 0; i < length; i++, at += 4) numbers[i] = view.getFloat32(at, true);
    return numbers;
  };
  const values = floats(header.encoder.values);
  const centroids = floats(k * size);
  const weights = new Float64Array(k);
  for (let j = 0; j < k; j++, at += 8) weights[j] = view.getFloat64(at, true);
  return {
    ...header,
    encoder: { ...header.encoder, values },
    clusterModel: { ...header.clusterModel, centroids, weights },
  };
}

/**
 * Names a model version: its number and the first eight hex digits of the SHA-256 of its content, so that the same
 * number trained twice on different data can't be mistaken for one.
 *
 * @param artifact the model under any name; the names in it do not count
 */
export function toModelVersion(number: number, artifact: ModelArtifact): string {
  return `v${number}-${Buffer.from(sha256(encodeArtifact(withModelVersion(artifact, '')))).toString('hex', 0, 4)}`;
}

/** The same model under a name, in all places that carry one. */
export function withModelVersion(artifact: ModelArtifact, modelVersion: string): ModelArtifact {
  return { ...artifact, modelVersion, clusterModel: { ...artifact.clusterModel, modelVersion } };
}

const MAGIC = 'SEGTIDEM';
const BODY = MAGIC.length + 32;

type PackedHeader = Omit<ModelArtifact, 'encoder' | 'clusterModel'> & {
  readonly encoder: Omit<ModelArtifact['encoder'], 'values'> & { readonly values: number };
  readonly clusterModel: Omit<ClusterModel, 'centroids' | 'weights'>;
};

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function refused(got: string): SegtideError {
  return new SegtideError('state', `The model can't be read: got ${got}. Use an undamaged copy, or train anew.`);
}

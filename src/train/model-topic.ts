import type { ClusterModel } from '../cluster/cluster-model.js';
import { frameSnapshot, unframeSnapshot } from '../numeric/framed-snapshot.js';
import { sha256Of } from '../numeric/sha256-of.js';
import type { ModelRecord } from './model-record.js';

/** A record of the topic of models: compacted, one partition. */
export interface ModelTopicRecord {
  readonly key: string;
  readonly value: Buffer;
}

/** The last record of a model, by which it is there: what its chunks must add up to. */
export interface ModelManifest {
  readonly format: number;
  readonly modelVersion: string;
  readonly previousVersion: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly chunks: number;
}

/** Where a key of the topic belongs. */
export type ModelKey =
  | { readonly kind: 'centroids' }
  | { readonly kind: 'manifest'; readonly modelVersion: string }
  /** What is known of a model, and the bytes of one that never was in force: nothing that a worker needs. */
  | { readonly kind: 'entry'; readonly modelVersion: string }
  | { readonly kind: 'kept'; readonly modelVersion: string; readonly chunk: number }
  | { readonly kind: 'chunk'; readonly modelVersion: string; readonly chunk: number };

/**
 * Makes the records of a model or of its centroids: `<version>/chunk-<i>` with the bytes of the artifact in order, then
 * `<version>/manifest` as JSON; or `centroids`, the latest ones, whichever version they belong to. Centroids that come
 * with a model precede it, so that it is never in force without them.
 */
export function toModelTopicRecords(record: ModelRecord): readonly ModelTopicRecord[] {
  if (record.kind === 'centroids') return [{ key: CENTROIDS, value: frameSnapshot(CENTROIDS_KIND, record.cluster) }];
  const { modelVersion, previousVersion, artifact, cluster } = record;
  const bytes = Buffer.from(artifact.buffer, artifact.byteOffset, artifact.length);
  const chunks = toChunks(`${modelVersion}/chunk-`, bytes);
  const centroids = cluster === undefined ? [] : toModelTopicRecords({ kind: 'centroids', cluster });
  const manifest: ModelManifest = {
    format: MODEL_TOPIC_FORMAT,
    modelVersion,
    previousVersion,
    sha256: sha256Of(bytes),
    bytes: bytes.length,
    chunks: chunks.length,
  };
  return [...centroids, ...chunks, { key: `${modelVersion}/manifest`, value: Buffer.from(JSON.stringify(manifest)) }];
}

/** Bytes as records of keys that begin so, and end with a number from 0. */
export function toChunks(prefix: string, bytes: Buffer): readonly ModelTopicRecord[] {
  return Array.from({ length: countChunks(bytes.length) }, (_, i) => ({
    key: `${prefix}${i}`,
    value: bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  }));
}

/** Records that so many bytes take. */
export function countChunks(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES);
}

/** Tells what a key stands for; undefined for one that this version does not know. */
export function toModelKey(key: string): ModelKey | undefined {
  if (key === CENTROIDS) return { kind: 'centroids' };
  const [, modelVersion, whole, part, chunk] = /^(.+)\/(?:(manifest|entry)|(chunk|kept)-(\d+))$/.exec(key) ?? [];
  if (modelVersion === undefined) return undefined;
  if (whole !== undefined) return { kind: whole as 'manifest' | 'entry', modelVersion };
  return { kind: part as 'chunk' | 'kept', modelVersion, chunk: Number(chunk) };
}

/** @throws SegtideError `state` when the bytes are damaged or of another format */
export function decodeCentroids(bytes: Uint8Array): ClusterModel {
  return unframeSnapshot(CENTROIDS_KIND, bytes) as ClusterModel;
}

export const MODEL_TOPIC_FORMAT = 1;
const CENTROIDS = 'centroids';
const CENTROIDS_KIND = { name: 'centroids', format: 1 };
/** Brokers take records of 1 MiB by default. */
const CHUNK_BYTES = 768 * 1024;

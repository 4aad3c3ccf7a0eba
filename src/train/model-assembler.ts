import { SegtideError } from '../errors.js';
import { sha256Of } from '../numeric/sha256-of.js';
import { decodeArtifact } from './encode-artifact.js';
import type { ModelArtifact } from './model-artifact.js';
import type { ModelRecord } from './model-record.js';
import { decodeCentroids, MODEL_TOPIC_FORMAT, type ModelManifest, toModelKey } from './model-topic.js';

/** A record as it is read from the topic of models; a value of null is a tombstone. */
export interface ReadModelRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
}

/** Why something of the topic can't be used; what was there before stays. */
export interface ModelProblem {
  readonly key: string;
  /** Null where it is about centroids. */
  readonly modelVersion: string | null;
  readonly why: string;
}

/** Puts models together from the records of their topic. */
export interface ModelAssembler {
  /** Takes the next records of the topic; answers what of them can't be used. */
  take(records: readonly ReadModelRecord[]): readonly ModelProblem[];
  /**
   * The model before the newest and the newest, each followed by its latest centroids where they have moved: what a
   * scorer that is given them in order is to have. The same array, and the same records in it, until something changes.
   */
  readonly models: readonly ModelRecord[];
}

export interface ModelAssemblerOptions {
  /**
   * Refuses models that are whole, but can't be used here.
   * @throws SegtideError `state` that says why
   */
  readonly check?: ((artifact: ModelArtifact) => void) | undefined;
}

/**
 * Creates an assembler. A model is there from its manifest on, once its chunks are there, their SHA-256 is that of the
 * manifest and its format is known; never in parts.
 */
export function createModelAssembler({ check }: ModelAssemblerOptions = {}): ModelAssembler {
  const waiting = new Map<string, WaitingModel>();
  /** The newest last. */
  let whole: readonly WholeModel[] = [];
  let centroids = new Map<string, ModelRecord>();
  let models: readonly ModelRecord[] = [];

  function waitingFor(modelVersion: string): WaitingModel {
    let model = waiting.get(modelVersion);
    if (model === undefined) {
      model = { chunks: new Map(), manifest: undefined };
      waiting.set(modelVersion, model);
    }
    return model;
  }

  /** @throws SegtideError `state` */
  function takeManifest(modelVersion: string, value: Uint8Array): void {
    const manifest = readManifest(value);
    const known = whole.find(
      ({ record, sha256 }) => record.modelVersion === modelVersion && sha256 === manifest.sha256,
    );
    // Published once more, it is the newest again, whether or not its chunks came with it.
    if (known === undefined) {
      waitingFor(modelVersion).manifest = manifest;
      complete(modelVersion);
    } else addWhole({ sha256: known.sha256, record: { ...known.record } });
  }

  /** @throws SegtideError `state` */
  function complete(modelVersion: string): void {
    const { manifest, chunks } = waitingFor(modelVersion);
    if (manifest === undefined) return;
    const artifact = joined(manifest, chunks);
    waiting.delete(modelVersion);
    const read = decodeArtifact(artifact);
    check?.(read);
    const { sha256, previousVersion } = manifest;
    addWhole({ sha256, record: { kind: 'model', modelVersion, artifact, previousVersion } });
  }

  function addWhole(model: WholeModel): void {
    const { modelVersion } = model.record;
    waiting.delete(modelVersion);
    if (whole.at(-1)?.record.modelVersion === modelVersion && whole.at(-1)!.sha256 === model.sha256) return;
    // One trainer publishes at a time, so what else waits was left by one that never finished.
    waiting.clear();
    // Whoever had these centroids before the model has to take them once more after it.
    const moved = centroids.get(modelVersion);
    if (moved !== undefined) centroids.set(modelVersion, { ...moved });
    whole = [...whole.filter(({ record }) => record.modelVersion !== modelVersion), model].slice(-KEPT);
    tell();
  }

  function tell(): void {
    models = whole.flatMap(({ record }) => [record, centroids.get(record.modelVersion) ?? []].flat());
  }

  function forget(modelVersion: string): void {
    waiting.delete(modelVersion);
    if (!whole.some(({ record }) => record.modelVersion === modelVersion)) return;
    whole = whole.filter(({ record }) => record.modelVersion !== modelVersion);
    tell();
  }

  function takeCentroids(value: Uint8Array): void {
    const cluster = decodeCentroids(value);
    const held = new Set(whole.map(({ record }) => record.modelVersion));
    // Those of a model still to come are kept for it.
    centroids = new Map([...centroids].filter(([version]) => held.has(version)));
    centroids.set(cluster.modelVersion, { kind: 'centroids', cluster });
    if (held.has(cluster.modelVersion)) tell();
  }

  /** @throws SegtideError `state` */
  function takeOne(key: string, value: Uint8Array | null): void {
    const at = toModelKey(key);
    if (at === undefined) throw unusable('this version of segtide does not know the key');
    if (at.kind === 'entry' || at.kind === 'kept') return;
    if (at.kind === 'centroids') {
      if (value !== null) takeCentroids(value);
    } else if (at.kind === 'manifest') {
      if (value === null) forget(at.modelVersion);
      else takeManifest(at.modelVersion, value);
    } else if (value === null) {
      waiting.get(at.modelVersion)?.chunks.delete(at.chunk);
    } else {
      const model = waitingFor(at.modelVersion);
      model.chunks.set(at.chunk, value);
      // A manifest that compaction left before its chunks.
      if (model.manifest !== undefined && model.chunks.size >= model.manifest.chunks) complete(at.modelVersion);
    }
  }

  return {
    take(records) {
      const problems: ModelProblem[] = [];
      for (const { key, value } of records) {
        if (key === null) continue;
        try {
          takeOne(key, value);
        } catch (error) {
          if (!(error instanceof SegtideError) || error.code !== 'state') throw error;
          const at = toModelKey(key);
          const modelVersion = at === undefined || at.kind === 'centroids' ? null : at.modelVersion;
          problems.push({ key, modelVersion, why: error.message });
        }
      }
      return problems;
    },
    get models() {
      return models;
    },
  };
}

interface WaitingModel {
  readonly chunks: Map<number, Uint8Array>;
  manifest: ModelManifest | undefined;
}

interface WholeModel {
  readonly sha256: string;
  readonly record: ModelRecord & { readonly kind: 'model' };
}

/** Models that are kept whole: the newest, and the one before it to tell a customer's change from the model's. */
const KEPT = 2;

function readManifest(value: Uint8Array): ModelManifest {
  let manifest: ModelManifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(value)) as ModelManifest;
  } catch (cause) {
    throw unusable(`its manifest is no JSON (${(cause as Error).message})`, cause);
  }
  if (manifest?.format === MODEL_TOPIC_FORMAT) return manifest;
  throw unusable(
    `its manifest is of format ${manifest?.format}, and this version of segtide reads ${MODEL_TOPIC_FORMAT}`,
  );
}

function joined(manifest: ModelManifest, chunks: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < manifest.chunks; i++) {
    const chunk = chunks.get(i);
    if (chunk === undefined) throw unusable(`chunk ${i} of its ${manifest.chunks} is missing`);
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length !== manifest.bytes) throw unusable(`it has ${bytes.length} of its ${manifest.bytes} bytes`);
  if (sha256Of(bytes) === manifest.sha256) return bytes;
  throw unusable('its SHA-256 is not the one of its manifest');
}

function unusable(why: string, cause?: unknown): SegtideError {
  return new SegtideError('state', why, { cause });
}

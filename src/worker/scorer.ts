import type { AnomalyModel } from '../anomaly/anomaly-model.js';
import { assign } from '../cluster/assign.js';
import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import type { OpenEncoder } from '../encode/open-encoder.js';
import { openEngine } from '../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../encode/vrae/vrae-options.js';
import type { NearestEngine } from '../numeric/nearest-engine.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { SeriesSettings } from '../series/series-settings.js';
import type { Alignment } from '../train/alignment.js';
import { decodeArtifact } from '../train/encode-artifact.js';
import { type LoadedModel, loadModel } from '../train/loaded-model.js';
import type { ModelRecord } from '../train/model-record.js';
import { selectWindows } from '../train/window-rows.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Windows with what the model in force says of them. */
export interface Scored {
  readonly series: SeriesBatch;
  /** Undefined while warming: there is no model yet. */
  readonly assignments: AssignmentBatch | undefined;
  /** How the model's embeddings are mapped onto an earlier version's space; undefined where they are not. */
  readonly alignment?: Alignment | undefined;
  /** What tells usual windows from others; undefined where the model can't. */
  readonly anomaly?: AnomalyModel | undefined;
}

/** Series, encoder and clusterer of one model version; never a mixture of two. */
export interface Scorer {
  readonly modelVersion: string | null;
  score(windows: WindowBatch): Promise<Scored>;
  /**
   * Takes a model or centroids into force, from the next window on: before it returns, unless an encoder is yet to open.
   *
   * @throws SegtideError `state` or `encoder` where the model can't be used; the one before stays in force
   */
  apply(record: ModelRecord): Promise<void>;
  /**
   * Segments that the model before says of some rows, or the model in force with the segments that it had before some
   * began; null where neither is `modelVersion`. Tells a customer's change from the model's.
   */
  underPrevious(windows: WindowBatch, rows: readonly number[], modelVersion: string): Promise<readonly string[] | null>;
  snapshot(): readonly ModelRecord[];
}

/**
 * @param seriesHash hash of the settings of window and series; models fitted under others are refused
 * @param from what `snapshot` gave
 * @param engine what computes embeddings and nearest centroids
 * @param open makes the encoders. @default such that encode in the caller's thread
 */
export function createScorer(
  settings: SeriesSettings,
  seriesHash: string,
  from: readonly ModelRecord[] = [],
  engine: VraeEngine = 'auto',
  open?: OpenEncoder,
): Scorer {
  let current: LoadedModel | undefined;
  let previous: LoadedModel | undefined;
  /** Of the model in force, as it was when segments began. */
  let formerCluster: ClusterModel | undefined;
  let currentArtifact: ModelRecord | undefined;
  let previousArtifact: ModelRecord | undefined;
  let opened: Promise<Partial<NearestEngine>> | undefined;
  // Without a fitted scale there is still the question which windows are inactive.
  const warming: SeriesSettings = { ...settings, scale: 'none' };

  const move = (cluster: ClusterModel): void => {
    if (current?.version !== cluster.modelVersion) return;
    if (hasBegun(cluster, current.cluster)) formerCluster = current.cluster;
    current = { ...current, cluster };
  };
  const load = ({ artifact }: ModelOfRecord): LoadedModel =>
    loadModel(decodeArtifact(artifact), settings, seriesHash, engine, open);
  const replace = (record: ModelOfRecord, loaded: LoadedModel): void => {
    previous?.encoder.dispose?.();
    previous = current;
    previousArtifact = currentArtifact;
    formerCluster = undefined;
    current = record.cluster === undefined ? loaded : { ...loaded, cluster: record.cluster };
    currentArtifact = record;
  };
  for (const record of from) {
    if (record.kind === 'centroids') move(record.cluster);
    else replace(record, load(record));
  }

  const run = async (model: LoadedModel, windows: WindowBatch): Promise<AssignmentBatch> => {
    const embeddings = await model.encoder.encode(prepareSeries(settings, model.scale, windows));
    opened ??= openNearest(engine);
    return assign(model.cluster, embeddings, await opened);
  };

  return {
    get modelVersion() {
      return current?.version ?? null;
    },
    async score(windows) {
      if (current === undefined) return { series: prepareSeries(warming, undefined, windows), assignments: undefined };
      const { alignment, anomaly } = current;
      const assignments = await run(current, windows);
      return { series: assignments.embeddings.series, assignments, alignment, anomaly };
    },
    async apply(record) {
      if (record.kind === 'centroids') return move(record.cluster);
      // A model that can't be read, or opened, leaves the one before in force.
      const loaded = load(record);
      try {
        if (loaded.encoder.ready !== undefined) await loaded.encoder.ready();
      } catch (error) {
        loaded.encoder.dispose?.();
        throw error;
      }
      replace(record, loaded);
    },
    async underPrevious(windows, rows, modelVersion) {
      const former =
        current?.version === modelVersion
          ? formerCluster && { ...current, cluster: formerCluster }
          : previous?.version === modelVersion
            ? previous
            : undefined;
      if (former === undefined) return null;
      const { nearest, model } = await run(former, selectWindows(windows, Uint32Array.from(rows)));
      return Array.from(nearest, (j) => model.segmentIds[j]!);
    },
    snapshot() {
      const records: ModelRecord[] = [];
      if (previousArtifact !== undefined && previous !== undefined) {
        records.push(previousArtifact, { kind: 'centroids', cluster: previous.cluster });
      }
      if (currentArtifact !== undefined && current !== undefined) {
        records.push(currentArtifact);
        if (formerCluster !== undefined) records.push({ kind: 'centroids', cluster: formerCluster });
        records.push({ kind: 'centroids', cluster: current.cluster });
      }
      return records;
    },
  };
}

type ModelOfRecord = Extract<ModelRecord, { readonly kind: 'model' }>;

/** Whether segments began from one set of centroids to the next. */
function hasBegun(cluster: ClusterModel, before: ClusterModel): boolean {
  return cluster.segmentIds.some((id) => !before.segmentIds.includes(id));
}

/** TensorFlow.js has nothing for it that plain typed arrays have not. */
async function openNearest(engine: VraeEngine): Promise<Partial<NearestEngine>> {
  return engine === 'tfjs' ? {} : (await openEngine(engine)).engine;
}

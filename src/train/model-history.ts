import type { ClusterModel } from '../cluster/cluster-model.js';
import { sha256Of } from '../numeric/sha256-of.js';
import type { ModelEntry, ModelReign } from './model-entry.js';
import type { RegistryChange } from './model-registry.js';

/** Plain data and typed arrays. */
export interface ModelHistorySnapshot {
  readonly formatVersion: 1;
  readonly entries: readonly ModelEntry[];
  /** Centroids of kept models as they were when another took over. */
  readonly centroids: readonly ClusterModel[];
}

/** Every model of a stream that is still told of, and which of them are kept. */
export interface ModelHistory {
  /** In the order in which they were trained. */
  readonly entries: readonly ModelEntry[];
  find(modelVersion: string): ModelEntry | undefined;
  /**
   * Adds a model, or a training that gave none.
   *
   * @param artifact its file, where it is to be kept
   */
  add(entry: Omit<ModelEntry, 'formatVersion' | 'bytes' | 'sha256' | 'reigns'>, artifact?: Uint8Array): void;
  /**
   * A model has taken over; the champion is a former one now.
   *
   * @param left centroids of that one as they are by now
   * @param artifact its file, where it was refused before: it is kept in another place from now on
   */
  tookOver(modelVersion: string, reign: Omit<ModelReign, 'sequence'>, left?: ClusterModel, artifact?: Uint8Array): void;
  /** What became of the segments when a model took over once more. */
  relate(modelVersion: string, lineage: ModelEntry['lineage']): void;
  /** Centroids of a former model as they were when another took over. */
  centroidsOf(modelVersion: string): ClusterModel | undefined;
  /**
   * Keeps so many former models, and as many refused ones, and drops the rest: those whose reign is longest ago first.
   *
   * @param keep at least 1
   * @returns versions whose files are not kept any more
   */
  prune(keep: number): readonly string[];
  /** What has changed since the last call, for the registry. */
  takeChanges(): readonly RegistryChange[];
  snapshot(): ModelHistorySnapshot;
}

/** Trainings without a model in force that are told of, beside those whose files are kept. */
const MOST_REFUSED = 20;

export function createModelHistory(from?: ModelHistorySnapshot): ModelHistory {
  let entries: readonly ModelEntry[] = from?.entries ?? [];
  let centroids: readonly ClusterModel[] = from?.centroids ?? [];
  let changes: RegistryChange[] = [];

  function put(entry: ModelEntry, artifact?: Uint8Array): void {
    const at = entries.findIndex(({ modelVersion }) => modelVersion === entry.modelVersion);
    entries = at < 0 ? [...entries, entry] : entries.with(at, entry);
    changes.push({ kind: 'entry', entry, artifact });
  }

  function drop(entry: ModelEntry): void {
    entries = entries.filter(({ modelVersion }) => modelVersion !== entry.modelVersion);
    centroids = centroids.filter(({ modelVersion }) => modelVersion !== entry.modelVersion);
    changes.push({ kind: 'dropped', entry });
  }

  /** Is told of on, without its file. */
  function release(entry: ModelEntry): void {
    changes.push({ kind: 'released', entry });
    put({ ...entry, bytes: null, sha256: null });
  }

  const find = (version: string): ModelEntry | undefined =>
    entries.find(({ modelVersion }) => modelVersion === version);

  return {
    get entries() {
      return entries;
    },
    find,
    add(fields, artifact) {
      put(
        {
          ...fields,
          formatVersion: 1,
          bytes: artifact?.length ?? null,
          sha256: artifact === undefined ? null : sha256Of(artifact),
          reigns: [],
        },
        artifact,
      );
    },
    tookOver(modelVersion, reign, left, artifact) {
      const champion = entries.find(({ status }) => status === 'champion');
      if (champion !== undefined && champion.modelVersion !== modelVersion) put({ ...champion, status: 'former' });
      if (left !== undefined) centroids = [...centroids.filter((of) => of.modelVersion !== left.modelVersion), left];
      const entry = find(modelVersion)!;
      const sequence = 1 + Math.max(0, ...entries.map(lastReign));
      if (entry.status === 'refused') changes.push({ kind: 'released', entry });
      const reigns = [...entry.reigns, { sequence, ...reign }];
      put({ ...entry, status: 'champion', reigns }, entry.status === 'refused' ? artifact : undefined);
    },
    relate(modelVersion, lineage) {
      put({ ...find(modelVersion)!, lineage });
    },
    centroidsOf: (version) => centroids.find(({ modelVersion }) => modelVersion === version),
    prune(keep) {
      const { dropped, released } = surplusOf(entries, keep);
      for (const entry of dropped) drop(entry);
      for (const entry of released) release(entry);
      return [...dropped.filter(isKept), ...released].map(({ modelVersion }) => modelVersion);
    },
    takeChanges() {
      const taken = changes;
      changes = [];
      return taken;
    },
    snapshot: () => ({ formatVersion: 1, entries, centroids }),
  };
}

/** Models that were in force and whose files are kept, the last one first. */
export function formersOf(entries: readonly ModelEntry[]): ModelEntry[] {
  const formers = entries.filter((entry) => entry.status === 'former' && isKept(entry));
  return formers.sort((a, b) => lastReign(b) - lastReign(a));
}

/**
 * What is too many where so many former models are kept, and as many refused ones.
 *
 * @returns those that are `dropped`, and those that are `released`: told of on, without their files
 */
export function surplusOf(
  entries: readonly ModelEntry[],
  keep: number,
): { readonly dropped: readonly ModelEntry[]; readonly released: readonly ModelEntry[] } {
  const refused = entries.filter(({ status }) => status === 'refused' || status === 'failed');
  const told = new Set(refused.slice(-Math.max(MOST_REFUSED, keep)));
  return {
    dropped: [...formersOf(entries).slice(keep), ...refused.filter((entry) => !told.has(entry))],
    released: refused.filter((entry) => told.has(entry) && isKept(entry)).slice(0, -keep),
  };
}

function isKept({ sha256 }: ModelEntry): boolean {
  return sha256 !== null;
}

/** 0 for a model that was never in force. */
function lastReign({ reigns }: ModelEntry): number {
  return reigns.at(-1)?.sequence ?? 0;
}

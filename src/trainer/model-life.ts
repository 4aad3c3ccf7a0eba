import type { ClusterModel } from '../cluster/cluster-model.js';
import { SegtideError } from '../errors.js';
import { sha256Of } from '../numeric/sha256-of.js';
import type { Sink } from '../ports.js';
import { type ModelEventRecord, toModelEvent } from '../publish/model-event.js';
import type { AdoptedModel } from '../train/adopt-model.js';
import { decodeArtifact } from '../train/encode-artifact.js';
import type { ModelEntry, ModelReign } from '../train/model-entry.js';
import { createModelHistory, type ModelHistorySnapshot, surplusOf } from '../train/model-history.js';
import type { ModelRegistry } from '../train/model-registry.js';
import { askedFor, type ModelRequest, type RequestOf, requestInWords } from '../train/model-request.js';
import { isProvisional } from '../train/provisional.js';
import type { Champion, TrainingResult } from '../train/training-job.js';
import type { TrainingOutcome } from '../train/training-outcome.js';

/** When something happened. */
export interface LifeMoment {
  /** Event time, epoch ms; not finite before the first event. */
  readonly now: number;
  readonly windows: number;
  /** The model in force; null where there is none. */
  readonly champion: string | null;
}

/** The history of a stream's models, as the registry and the output of model events tell it. */
export interface ModelLife {
  readonly entries: readonly ModelEntry[];
  /** Begins with a model that was trained elsewhere. */
  adopted(model: AdoptedModel): Promise<void>;
  /** After a restart: what was lost of the registry in between is put back, where it can be. */
  restored(champion: Champion | undefined): Promise<void>;
  /**
   * A training has ended.
   *
   * @param parent the model in force when it began
   * @param result absent where it gave none
   */
  concluded(outcome: TrainingOutcome, parent: string | null, at: LifeMoment, result?: TrainingResult): Promise<void>;
  /**
   * The model that was concluded last has taken over by itself.
   *
   * @param left centroids of the one before, as they are by now
   */
  promoted(modelVersion: string, at: LifeMoment, left: ClusterModel | undefined): Promise<void>;
  /** A model has taken over by hand. */
  reinstated(model: FetchedModel, at: LifeMoment, how: Reinstatement): Promise<void>;
  /**
   * The model that a request is about, with its file and its centroids as they were last.
   *
   * @throws SegtideError `state` that says why it can't be put into force
   */
  fetch(request: RequestOf<'rollback' | 'promote'>, at: LifeMoment): Promise<FetchedModel>;
  /** Keeps so many former models from now until the next change. */
  prune(request: RequestOf<'prune'>, at: LifeMoment): Promise<void>;
  /** Something that was asked for can't be done. */
  declined(request: ModelRequest, why: string, at: LifeMoment): Promise<void>;
  /** Whether a request is new; it counts as known from then on. */
  isNew(request: ModelRequest): boolean;
  snapshot(): ModelLifeSnapshot;
}

export interface FetchedModel {
  readonly entry: ModelEntry;
  readonly artifact: Uint8Array;
  readonly clusterModel: ClusterModel;
}

/** How a model takes over by hand. */
export interface Reinstatement {
  readonly request: ModelRequest;
  /** Centroids of the model before, as they are by now; undefined where there was none. */
  readonly left: ClusterModel | undefined;
  /** What becomes of the segments. */
  readonly lineage: ModelEntry['lineage'];
}

/** Plain data and typed arrays. */
export interface ModelLifeSnapshot {
  readonly history: ModelHistorySnapshot;
  /** Ids of the last requests. */
  readonly requests: readonly string[];
}

export interface ModelLifeParts {
  readonly registry: ModelRegistry;
  /** @default nowhere */
  readonly events?: Sink<ModelEventRecord> | undefined;
  /** Told of models that were lost between two runs. */
  readonly onProblem?: ((text: string) => void) | undefined;
}

/** Requests that are known again: more than come between two commits. */
const KNOWN_REQUESTS = 100;

/** @param keep former models that are kept, and refused ones, at least 1 */
export function createModelLife(
  keep: number,
  { registry, events, onProblem }: ModelLifeParts,
  from?: ModelLifeSnapshot,
): ModelLife {
  const history = createModelHistory(from?.history);
  let requests = from?.requests ?? [];

  async function tell(event: ModelEventRecord): Promise<void> {
    await registry.write(history.takeChanges());
    await events?.write([event]);
  }

  function refusal(entry: ModelEntry | undefined, asked: string, { champion }: LifeMoment): string | undefined {
    if (entry === undefined) return `there is no model ${asked}; \`segtide models list\` shows those that are kept`;
    if (asked === champion) return `${asked} is in force already`;
    if (entry.status === 'failed') return `the training of ${asked} gave no model`;
    if (isProvisional(asked)) return `${asked} is provisional, and was made of too few windows to go back to`;
    return entry.sha256 === null ? `the file of ${asked} is not kept any more (\`model.keep\`)` : undefined;
  }

  return {
    get entries() {
      return history.entries;
    },
    async adopted({ modelVersion, champion: { artifact } }) {
      const { createdAt, reasons, lineage, gate, training } = decodeArtifact(artifact);
      const values = gate ?? {};
      const { kAdvice } = training;
      const told = { modelVersion, reasons, why: [], values, kAdvice, atWindow: 0 };
      history.add({ ...told, status: 'former', parent: null, createdAt, lineage }, artifact);
      history.tookOver(modelVersion, { since: createdAt, atWindow: 0, previousVersion: null, because: INITIAL });
      await registry.write(history.takeChanges());
    },
    async restored(champion) {
      const kept = history.find(champion?.clusterModel.modelVersion ?? '') === undefined ? undefined : champion;
      for (const problem of await registry.restore(history.entries, kept)) onProblem?.(problem);
    },
    async concluded({ modelVersion, reasons, why, values, kAdvice, atWindow, promoted, failed }, parent, at, result) {
      const status = failed ? 'failed' : promoted ? 'former' : 'refused';
      // A first model that is refused holds nothing that could be put into force.
      const artifact = promoted || parent !== null ? result?.artifact : undefined;
      const told = { modelVersion, reasons, why, values, kAdvice, atWindow };
      const createdAt = toEventTime(at.now);
      // A provisional one is no measure for anything, and nothing to go back to.
      const kept = isProvisional(modelVersion) ? undefined : artifact;
      history.add({ ...told, status, parent, createdAt, lineage: result?.lineage ?? [] }, kept);
      if (!promoted) history.prune(keep);
      const event = failed ? 'failed' : promoted ? 'promoted' : 'refused';
      await tell(toModelEvent({ modelVersion, event, ...toEventMoment(at), atWindow, reasons, why }, values));
    },
    async promoted(modelVersion, at, left) {
      history.tookOver(modelVersion, toReign(at, 'the gate let it'), left);
      history.prune(keep);
      await registry.write(history.takeChanges());
    },
    async reinstated({ entry: { modelVersion }, artifact }, at, { request, left, lineage }) {
      const because = inWords(request);
      history.tookOver(modelVersion, toReign(at, because), left, artifact);
      history.relate(modelVersion, lineage);
      history.prune(keep);
      const why = [`took over from ${at.champion ?? 'none'}`];
      await tell(toModelEvent({ modelVersion, event: 'reinstated', ...toEventMoment(at), reasons: [because], why }));
    },
    async fetch(request, at) {
      if (request.kind === 'rollback' && request.from !== at.champion) {
        const { from, to } = request;
        throw new SegtideError(
          'state',
          `${at.champion ?? 'no model'} is in force, and not ${from}, which was to give way to ${to}`,
        );
      }
      const asked = askedFor(request);
      const entry = history.find(asked);
      const why = refusal(entry, asked, at);
      if (entry === undefined || why !== undefined) throw new SegtideError('state', why!);
      const artifact = await registry.read(entry);
      if (sha256Of(artifact) !== entry.sha256) {
        throw new SegtideError('state', `the file of ${asked} is damaged: its SHA-256 is not that of the history`);
      }
      return { entry, artifact, clusterModel: history.centroidsOf(asked) ?? decodeArtifact(artifact).clusterModel };
    },
    async prune(request, at) {
      const { dropped, released } = surplusOf(history.entries, request.keep);
      if (dropped.length + released.length === 0) {
        throw new SegtideError('state', `no more than ${request.keep} former models are kept, nor refused ones`);
      }
      const gone = history.prune(request.keep);
      const reasons = [inWords(request)];
      const why = [`of former models ${request.keep} are kept`];
      const pruned = gone.map((modelVersion) =>
        toModelEvent({ modelVersion, event: 'pruned', ...toEventMoment(at), reasons, why }),
      );
      await registry.write(history.takeChanges());
      await events?.write(pruned);
    },
    async declined(request, why, at) {
      const modelVersion = askedFor(request) ?? at.champion ?? '';
      const reasons = [inWords(request)];
      await tell(toModelEvent({ modelVersion, event: 'declined', ...toEventMoment(at), reasons, why: [why] }));
    },
    isNew({ id }) {
      if (requests.includes(id)) return false;
      requests = [...requests, id].slice(-KNOWN_REQUESTS);
      return true;
    },
    snapshot: () => ({ history: history.snapshot(), requests }),
  };
}

const INITIAL = 'the stream began with it';

/** What was asked for, as it goes into the history. */
export function inWords(request: ModelRequest): string {
  return `by hand: ${requestInWords(request)}${request.reason === '' ? '' : ` (${request.reason})`}`;
}

/** A moment as model events tell it. */
function toEventMoment({
  now,
  windows,
  champion,
}: LifeMoment): Pick<ModelEventRecord, 'previousVersion' | 'eventTime' | 'atWindow'> {
  return { previousVersion: champion, eventTime: toEventTime(now), atWindow: windows };
}

/** A reign that begins at a moment. */
function toReign({ now, windows, champion }: LifeMoment, because: string): Omit<ModelReign, 'sequence'> {
  return { since: toEventTime(now), atWindow: windows, previousVersion: champion, because };
}

/** Before the first event there is no event time. */
function toEventTime(now: number): number {
  return Number.isFinite(now) ? now : 0;
}

import type { ClusterModel, Statistics } from '../cluster/cluster-model.js';
import { starvedCentroids } from '../cluster/starved-centroids.js';
import { merge, withoutRows } from '../cluster/statistics.js';
import { update } from '../cluster/update.js';
import { isTrained } from '../train/provisional.js';
import { reseedChampion } from '../train/reseed-champion.js';
import type { Reservoir } from '../train/reservoir.js';
import type { Champion } from '../train/training-job.js';
import type { BehaviourWatch } from './behaviour-watch.js';
import type { SegmentsInForce } from './segments-in-force.js';
import type { TrainerParts } from './trainer-parts.js';
import type { TrainerPosition } from './trainer-position.js';
import type { TrainerSettings } from './trainer-settings.js';

/** How the centroids of the model in force move with the stream: by epochs, each with what lessons taught meanwhile. */
export interface CentroidEpochs {
  /** Counts windows towards the next epoch, whatever they teach. */
  count(windows: number): void;
  /**
   * Adds to what is taught.
   *
   * @returns what counts of it under the model in force; undefined where it belongs to another, and is dropped
   */
  learn(statistics: Statistics): Statistics | undefined;
  /** Moves the centroids, and publishes them, where an epoch is over. */
  move(options: MoveOptions): Promise<void>;
  /** Begins an epoch with nothing taught: another model is in force. */
  beginAnew(): void;
  /** Statistics that came too late for their model. */
  readonly dropped: number;
  snapshot(): CentroidEpochsSnapshot;
}

export interface MoveOptions {
  /** Whether starved centroids may be put elsewhere: not while a training hands out segment ids of its own. */
  readonly mayReseed: boolean;
}

/** Plain data and typed arrays. */
export interface CentroidEpochsSnapshot {
  readonly taught: Statistics | null;
  readonly windowsSinceEpoch: number;
  /** Event time of the last update of the centroids, epoch ms; null before the first. */
  readonly epochTime: number | null;
  /** Centroids that the model in force has put elsewhere last, and its epoch from then on; null where it has none. */
  readonly reseeded: { readonly epoch: number; readonly rows: readonly number[] } | null;
  /** Windows from which on starved centroids are looked after again. */
  readonly reseedAt: number;
  readonly droppedStatistics: number;
}

/** What of the trainer it works on. */
export interface CentroidEpochsContext {
  readonly position: TrainerPosition;
  readonly reservoir: Pick<Reservoir, 'toWindows'>;
  readonly segments: SegmentsInForce;
  readonly watch: Pick<BehaviourWatch, 'rebase'>;
}

export function createCentroidEpochs(
  { model: settings, reservoir: { capacity } }: Pick<TrainerSettings, 'model' | 'reservoir'>,
  parts: Pick<TrainerParts, 'publishModel' | 'epochs'>,
  { position, reservoir, segments, watch }: CentroidEpochsContext,
  from?: CentroidEpochsSnapshot,
): CentroidEpochs {
  const { epochs: clocked } = parts;
  let taught = from?.taught ?? undefined;
  let windowsSinceEpoch = from?.windowsSinceEpoch ?? 0;
  let epochTime = from?.epochTime ?? undefined;
  /** By the clock of a live stream. */
  let begunAt = clocked?.clock.now() ?? 0;
  let reseeded = from?.reseeded ?? undefined;
  let reseedAt = from?.reseedAt ?? 0;
  let dropped = from?.droppedStatistics ?? 0;

  function begin(): void {
    taught = undefined;
    windowsSinceEpoch = 0;
    epochTime = Number.isFinite(position.now) ? position.now : undefined;
    begunAt = clocked?.clock.now() ?? 0;
  }

  function isOver(): boolean {
    if (windowsSinceEpoch >= settings.cluster.epochWindows) return true;
    return clocked !== undefined && clocked.clock.now() - begunAt >= clocked.everyMs;
  }

  function toMoved(model: ClusterModel, statistics: Statistics): ClusterModel {
    const { halfLife, halfLifeMs } = settings.cluster;
    const elapsedMs = epochTime === undefined ? 0 : position.now - epochTime;
    return update(model, statistics, { halfLife, halfLifeMs, elapsedMs });
  }

  /**
   * Gives starved centroids a new place, and tells the segments that begin and end by it: at most once in as many
   * windows as the reservoir holds.
   */
  async function reseed(champion: Champion): Promise<void> {
    const { modelVersion, segmentIds } = champion.clusterModel;
    const starved = starvedCentroids(champion.clusterModel);
    if (starved.length === 0 || position.windows < reseedAt || !isTrained(modelVersion)) return;
    reseedAt = position.windows + capacity;
    const sampled = reservoir.toWindows();
    const found = await reseedChampion(champion, starved, sampled, settings, {
      nextSegmentNumber: position.nextSegmentNumber,
      former: segments.profiles(),
    });
    if (found === undefined) return;
    position.champion = { ...champion, clusterModel: found.model };
    position.nextSegmentNumber = found.nextSegmentNumber;
    reseeded = { epoch: found.model.centroidEpoch, rows: found.rows };
    // Shares and places of other segments: what was before is no measure any more.
    watch.rebase();
    const reasons = [`segments without windows: ${starved.map((j) => segmentIds[j]).join(', ')}`];
    await segments.publish(found.profiles, { lineage: found.lineage, reasons, createdAt: position.now });
  }

  return {
    count(windows) {
      windowsSinceEpoch += windows;
    },
    learn(statistics) {
      if (statistics.modelVersion !== position.champion?.clusterModel.modelVersion) {
        dropped++;
        return undefined;
      }
      // What came to a centroid's former place says nothing of its new one.
      const isBefore = reseeded !== undefined && statistics.centroidEpoch < reseeded.epoch;
      const valid = isBefore ? withoutRows(statistics, reseeded!.rows) : statistics;
      taught = taught === undefined ? valid : merge(taught, valid);
      return valid;
    },
    async move({ mayReseed }) {
      if (position.champion === undefined || taught === undefined || !isOver()) return;
      const moved = { ...position.champion, clusterModel: toMoved(position.champion.clusterModel, taught) };
      position.champion = moved;
      begin();
      if (mayReseed) await reseed(moved);
      await parts.publishModel({ kind: 'centroids', cluster: position.champion.clusterModel });
    },
    beginAnew() {
      reseeded = undefined;
      begin();
    },
    get dropped() {
      return dropped;
    },
    snapshot: () => ({
      taught: taught ?? null,
      windowsSinceEpoch,
      epochTime: epochTime ?? null,
      reseeded: reseeded ?? null,
      reseedAt,
      droppedStatistics: dropped,
    }),
  };
}

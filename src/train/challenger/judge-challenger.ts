import { toClusterPoints } from '../../cluster/cluster-points.js';
import { NO_CENTROID } from '../../cluster/refit-centroids.js';
import { silhouette } from '../../cluster/silhouette.js';
import { type EncoderModel, restsOnLatentsAlone, viewMapOf } from '../../encode/encoder-model.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../../encode/vrae/vrae-options.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { commonSilhouettes } from '../common-silhouette.js';
import { compareSegments } from '../compare-segments.js';
import { effectiveSegments } from '../effective-segments.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import { type GateDecision, type GateValues, gate, type HeldOutMetrics } from '../gate.js';
import { type CommonGroupings, gateRefit } from '../gate-refit.js';
import { measureHeldOut } from '../held-out-metrics.js';
import { meanPredictionError } from '../mean-prediction-error.js';
import { measureNeighbours } from '../measure-neighbours.js';
import { poorEncoder } from '../poor-encoder.js';
import type { HeldOutSplit } from '../split-held-out.js';
import type { ModelSettings } from '../training-job.js';
import { type ModelRemarks, withoutViews } from '../without-views.js';
import type { Challenger } from './fit-challenger.js';
import type { Incumbent } from './incumbent.js';
import type { IncumbentRoles } from './incumbent-roles.js';
import type { TrainingWindows } from './training-windows.js';

/** What becomes of a challenger, and why. */
export interface Judgement {
  readonly decision: GateDecision;
  /** Whether it says anything at all; else it is refused, whatever it achieves. */
  readonly isSound: boolean;
  /** What has to be told of the challenger, whether it takes over or not. */
  readonly warnings: readonly string[];
}

/** Holds a challenger against the champion on windows that neither has learnt from. */
export async function judgeChallenger(
  challenger: Challenger,
  { champion, trained, kept, unknownSince }: IncumbentRoles,
  { split, surplus }: TrainingWindows,
  settings: ModelSettings,
): Promise<Judgement> {
  const { engine, shift } = settings.encoder;
  const { heldOutRows } = split;
  const { model } = challenger.fit;
  const heldOut = await measureChallenger(challenger, settings, heldOutRows);
  const { objection, warning }: ModelRemarks = seesNothing(challenger)
    ? withoutViews(split.train.length, shift, heldOut.activeUnits)
    : {};
  const gated = gate(
    trained && (await measureChampion(trained, challenger.scale, engine, heldOutRows)),
    heldOut,
    champion &&
      compareSegments(
        idsOf(champion.membership, champion.model.cluster.segmentIds, surplus),
        idsOf(challenger.membership, challenger.match.segmentIds, surplus),
      ),
    settings.gate,
    { objection, basis: restsOnLatents(model) ? 'latents' : 'views' },
  );
  // Of a behaviour that it does not know the model in force may make one dense heap: only a common space compares.
  const regrouped = kept ?? (champion === undefined ? trained : undefined);
  const decision =
    regrouped === undefined || restsOnLatentsAlone(model)
      ? gated
      : gateRefit(
          gated.values,
          await compareGroupings(regrouped, challenger, engine),
          unknownSince !== undefined,
          objection,
        );
  const ofEncoder = kept === undefined ? encoderWarning(challenger, decision.values, split) : undefined;
  const fewer = objection === undefined ? fewerSegments(challenger) : undefined;
  return {
    decision,
    isSound: objection === undefined,
    warnings: [ofEncoder, warning, fewer].filter((text) => text !== undefined),
  };
}

/** Whether none of the views that it was to look by tells the windows apart, or all embeddings are the same. */
function seesNothing({ fit: { model, views }, embeddings: { embeddings, embeddingSize } }: Challenger): boolean {
  if (model.kind === 'vrae') return model.viewMap === undefined && views.length > 0;
  return embeddings.every((value, at) => value === embeddings[at % embeddingSize]);
}

function restsOnLatents(model: EncoderModel): boolean {
  return restsOnLatentsAlone(model) || (viewMapOf(model)?.views.latents ?? 0) > 0;
}

async function measureChallenger(
  { encoder, scale, fit, embeddings, points, membership }: Challenger,
  { encoder: { engine } }: ModelSettings,
  rows: Uint32Array,
): Promise<HeldOutMetrics> {
  return {
    ...(await measureHeldOut({ encoder, scale: scale ?? undefined }, scale, points, membership, rows)),
    agreement: await measureNeighbours(viewMapOf(fit.model), embeddings, rows, engine),
  };
}

/** @param units scale of the challenger, in whose units errors are compared */
async function measureChampion(
  { model, artifact, embeddings, membership }: Incumbent,
  units: FittedScale | null,
  engine: VraeEngine,
  rows: Uint32Array,
): Promise<HeldOutMetrics> {
  const points = { ...embeddings, embeddings: toClusterPoints(embeddings, model.cluster.distance) };
  const viewMap = viewMapOf(fromEncoderTensors(artifact.encoder));
  return {
    ...(await measureHeldOut(model, units, points, membership, rows)),
    agreement: await measureNeighbours(viewMap, embeddings, rows, engine),
  };
}

/** Both groupings of the windows in the challenger's views. */
async function compareGroupings(
  incumbent: Incumbent,
  { fit, points, embeddings, membership }: Challenger,
  name: VraeEngine,
): Promise<CommonGroupings> {
  const viewMap = viewMapOf(fit.model);
  const { inactive } = embeddings.series;
  const memberships = [incumbent.membership, membership].map((groups) => withoutInactive(groups, inactive));
  if (viewMap === undefined) {
    return toGroupings(
      memberships,
      memberships.map((groups) => silhouette(points.embeddings, points.embeddingSize, groups)),
    );
  }
  const { engine } = await openEngine(name);
  try {
    return toGroupings(memberships, commonSilhouettes(viewMap, embeddings, memberships, engine));
  } finally {
    engine.dispose();
  }
}

/** Of champion and challenger. */
function toGroupings(memberships: readonly Uint16Array[], silhouettes: readonly number[]): CommonGroupings {
  const [champion, challenger] = memberships.map((membership, i) => ({
    silhouette: silhouettes[i]!,
    effectiveSegments: effectiveSegments(membership),
  }));
  return { champion: champion!, challenger: challenger! };
}

/**
 * Windows without any usage lie on one spot: who sets them apart seems to have segments far apart, whatever becomes of the
 * others. They count where there are no others.
 */
function withoutInactive(membership: Uint16Array, inactive: Uint8Array): Uint16Array {
  if (!inactive.includes(0)) return membership;
  return membership.map((group, row) => (inactive[row] === 1 ? NO_CENTROID : group));
}

function encoderWarning(
  { fit, embeddings: { series } }: Challenger,
  { challengerReconstructionError }: GateValues,
  { trainRows, heldOutRows }: HeldOutSplit,
): string | undefined {
  return fit.warning ?? poorEncoder(challengerReconstructionError, meanPredictionError(series, trainRows, heldOutRows));
}

function fewerSegments({ clusterModel: { k }, chosen }: Challenger): string | undefined {
  if (k >= chosen.k) return undefined;
  return `the windows have no more than ${k} different embeddings: ${k} segments, where ${chosen.k} were asked for`;
}

/** Of surplus windows none: they would count more than their segment's share. */
function idsOf(membership: Uint16Array, ids: readonly string[], surplus: Uint8Array): (string | undefined)[] {
  return Array.from(membership, (j, row) => (j === NO_CENTROID || surplus[row] === 1 ? undefined : ids[j]));
}

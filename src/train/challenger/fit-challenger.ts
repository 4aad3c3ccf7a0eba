import { assign } from '../../cluster/assign.js';
import type { AssignmentBatch } from '../../cluster/assignment-batch.js';
import type { ChosenK } from '../../cluster/choose-k.js';
import type { ClusterModel } from '../../cluster/cluster-model.js';
import { toClusterPoints } from '../../cluster/cluster-points.js';
import { createClusterModel } from '../../cluster/create-cluster-model.js';
import { matchSegments, type SegmentMatch } from '../../cluster/match-segments.js';
import type { EmbeddingBatch } from '../../encode/embedding-batch.js';
import type { Encoder } from '../../encode/encoder.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import { type FittedScale, fitScale } from '../../series/fitted-scale.js';
import type { WindowBatch } from '../../window/window-batch.js';
import { embedWindows } from '../embed-windows.js';
import type { TrainingJob } from '../training-job.js';
import { withoutSurplus } from '../without-surplus.js';
import type { EncoderFit } from './encoder-fit.js';
import { fitEncoder } from './fit-encoder.js';
import { fitSegments } from './fit-segments.js';
import type { FitVraeOptions } from './fit-vrae.js';
import { toFormerSegments } from './former-segments.js';
import { gainOverHalves } from './gain-over-halves.js';
import type { IncumbentRoles } from './incumbent-roles.js';
import { toStreamFit } from './to-stream-fit.js';
import type { TrainingWindows } from './training-windows.js';

/** A model that is fitted and has no name yet, and what it says of the windows of its training. */
export interface Challenger {
  /** Null where every window is scaled by itself. */
  readonly scale: FittedScale | null;
  readonly fit: EncoderFit;
  readonly encoder: Encoder;
  readonly embeddings: EmbeddingBatch;
  /** The same as the clusterer sees them. */
  readonly points: EmbeddingBatch;
  readonly chosen: ChosenK;
  /** Centroid of each window; `NO_CENTROID` where it has none. */
  readonly membership: Uint16Array; // (rows)
  readonly match: SegmentMatch;
  readonly clusterModel: ClusterModel;
  /** The same windows by this model. */
  readonly assignments: AssignmentBatch;
}

/** Fits a model, in the order in which it works: scale, encoder, places, segments, and the ids that these carry on. */
export async function fitChallenger(
  job: TrainingJob,
  data: TrainingWindows,
  roles: IncumbentRoles,
  options: FitVraeOptions,
  open: OpenEncoder,
): Promise<Challenger> {
  const { series, encoder: encoderSettings, cluster } = job.settings;
  const { windows, surplus } = data;
  const { champion, kept } = roles;
  const scale = series.scope === 'own' ? null : (kept?.model.scale ?? fitScale(series, [ofStream(data)]));
  const fit = await fitEncoder(job, data, scale, roles, options, open);
  const encoder = open(fit.model, '', encoderSettings.engine);
  const embeddings = await embedWindows({ encoder, settings: series, scale: scale ?? undefined }, windows);
  const points = { ...embeddings, embeddings: toClusterPoints(embeddings, cluster.distance) };
  const gainElsewhere = gainOverHalves(fit.model, embeddings, { seed: job.seed, engine: encoderSettings.engine });
  const { chosen, centroids } = await fitSegments(points, champion, job, gainElsewhere);
  const { membership } = centroids;
  const former = await toFormerSegments(roles, data, membership);
  const match = await matchSegments(former, centroids, job.nextSegmentNumber);
  const learnt = toStreamFit(centroids, points.embeddings, surplus);
  const clusterModel = createClusterModel('', learnt, match.segmentIds, cluster.distance);
  const assignments = assign(clusterModel, embeddings);
  return {
    scale,
    fit,
    encoder,
    embeddings,
    points,
    chosen,
    membership,
    match,
    clusterModel,
    assignments,
  };
}

/** Windows that are learnt from, by the stream's shares: a rare segment's usage may be of another size. */
function ofStream({ split: { train, trainRows }, surplus }: TrainingWindows): WindowBatch {
  return withoutSurplus(
    train,
    Uint8Array.from(trainRows, (row) => surplus[row]!),
  );
}

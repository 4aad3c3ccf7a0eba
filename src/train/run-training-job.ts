import { fitAnomalyModel } from '../anomaly/fit-anomaly-model.js';
import { assign } from '../cluster/assign.js';
import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { type ChosenK, chooseK } from '../cluster/choose-k.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import { toClusterPoints, toUnitRows } from '../cluster/cluster-points.js';
import { createClusterModel } from '../cluster/create-cluster-model.js';
import { exchangeCentroids } from '../cluster/exchange-centroids.js';
import { matchSegments } from '../cluster/match-segments.js';
import { profileSegments } from '../cluster/profile-segments.js';
import { type CentroidFit, membershipOf, NO_CENTROID } from '../cluster/refit-centroids.js';
import { seedCentroids } from '../cluster/seed-centroids.js';
import { settleCentroids } from '../cluster/settle-centroids.js';
import { statistics } from '../cluster/statistics.js';
import { toDriftObservation } from '../drift/drift-observation.js';
import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { Encoder } from '../encode/encoder.js';
import type { EncoderModel, ViewMap } from '../encode/encoder-model.js';
import type { EncoderInit, EncoderSettings } from '../encode/encoder-options.js';
import { PLACE_SIZE } from '../encode/neighbours/fit-landmark-map.js';
import { type OpenEncoder, openEncoder } from '../encode/open-encoder.js';
import { type Beginning, pretrainedWeights } from '../encode/pretrained/pretrained-weights.js';
import type { Shift } from '../encode/views/shift.js';
import { openEngine } from '../encode/vrae/engines/open-engine.js';
import { trainVrae, type VraeFit } from '../encode/vrae/train-vrae.js';
import { createTrainingNetwork } from '../encode/vrae/vrae-engine.js';
import type { VraeEngine } from '../encode/vrae/vrae-options.js';
import { differingField, toVraeShape, type VraeShape } from '../encode/vrae/vrae-shape.js';
import type { VraeWeights } from '../encode/vrae/vrae-weights.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { type FittedScale, fitScale } from '../series/fitted-scale.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { WindowBatch } from '../window/window-batch.js';
import { alignEmbeddings } from './alignment.js';
import { lastRowsBefore, membershipByCustomer, rowsSince } from './changed-behaviour.js';
import { commonSilhouettes } from './common-silhouette.js';
import { compareSegments } from './compare-segments.js';
import { decodePrototypes } from './decode-prototypes.js';
import { decodeArtifact, encodeArtifact, toModelVersion, withModelVersion } from './encode-artifact.js';
import { fromEncoderTensors, toEncoderTensors } from './encoder-tensors.js';
import { fitViewMap, type ViewMapFit } from './fit-view-map.js';
import { formerMembership } from './former-membership.js';
import { gate } from './gate.js';
import { type CommonSilhouettes, gateRefit } from './gate-refit.js';
import { measureHeldOut } from './held-out-metrics.js';
import { type LoadedModel, loadModel } from './loaded-model.js';
import { meanPredictionError } from './mean-prediction-error.js';
import { measureNeighbours } from './measure-neighbours.js';
import type { ModelArtifact } from './model-artifact.js';
import { placesOf } from './places-of.js';
import { poorEncoder } from './poor-encoder.js';
import { isProvisional, PROVISIONAL_NUMBER } from './provisional.js';
import { splitHeldOut } from './split-held-out.js';
import type { Champion, TrainingJob, TrainingResult } from './training-job.js';
import { createProgressMeter, type TrainingProgress } from './training-progress.js';
import { toWindowBatch } from './window-columns.js';
import { selectWindows } from './window-rows.js';
import { withoutViews } from './without-views.js';

export interface RunTrainingOptions {
  /** Makes the encoders that embed; each is freed when the job ends. @default those that encode in the caller's thread */
  readonly open?: OpenEncoder;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Monotonic time in ms, for the pace that progress tells. @default time stands still */
  readonly now?: () => number;
}

/** The champion, and what it says of the reservoir. */
interface Verdict {
  readonly model: LoadedModel;
  readonly embeddings: EmbeddingBatch;
  readonly membership: Uint16Array; // (rows)
  readonly weightsOf: ModelArtifact;
}

/**
 * Trains a challenger on a reservoir and holds it against the champion: scale, encoder, centroids, segment ids, gate,
 * profiles. The same job gives the same bytes.
 *
 * @throws SegtideError `encoder` when the reservoir is empty or the training diverges.
 */
export async function runTrainingJob(job: TrainingJob, options: RunTrainingOptions = {}): Promise<TrainingResult> {
  const { open = openEncoder } = options;
  const opened: Encoder[] = [];
  const keepOpen: OpenEncoder = (...args) => {
    const encoder = open(...args);
    opened.push(encoder);
    return encoder;
  };
  try {
    return await trainChallenger(job, options, keepOpen);
  } finally {
    for (const encoder of opened) encoder.dispose?.();
  }
}

async function trainChallenger(
  job: TrainingJob,
  options: RunTrainingOptions,
  open: OpenEncoder,
): Promise<TrainingResult> {
  const { settings, seed } = job;
  const sampled = toWindowBatch(job.reservoir);
  const windows = job.since === undefined ? sampled : selectWindows(sampled, rowsSince(sampled, job.since));
  const split = splitHeldOut(windows, settings.heldOut, settings.encoder.seed);
  const former = job.champion === undefined ? undefined : await judge(job.champion, job, windows, open);
  // A provisional model gives its segments' ids, and is no measure for anything else.
  const trained = former && isProvisional(former.model.version) ? undefined : former;
  const isChange = former !== undefined && job.since !== undefined && former.weightsOf.createdAt <= job.since;
  // Neither is one that was fitted to another behaviour: it gives its weights, too.
  const champion = isChange ? undefined : trained;
  const kept = job.refit === true && trained !== undefined && hasViews(trained) ? trained : undefined;
  const scale =
    settings.series.scope === 'own' ? null : (kept?.model.scale ?? fitScale(settings.series, [split.train]));

  const fit =
    kept === undefined
      ? await fitEncoder(job, prepareSeries(settings.series, scale ?? undefined, split.train), trained, options)
      : keepEncoder(kept);
  const series = prepareSeries(settings.series, scale ?? undefined, windows);
  const { viewMap, record: views } = await fitMap(job, windows, split.trainRows, scale, fit.weights, champion, open);
  const model: EncoderModel = { vrae: fit.weights, viewMap };
  const encoder = open(model, '', settings.encoder.engine);
  const embeddings = await encoder.encode(series);
  const { distance } = settings.cluster;
  const points = { ...embeddings, embeddings: toClusterPoints(embeddings, distance) };
  const chosen = await chooseSegments(points, champion, job);
  const fitted = await fitCentroids(points, champion, job, chosen.k);
  const centroids = distance === 'cosine' ? toDirections(points.embeddings, fitted) : fitted;

  const match = await matchSegments(
    former && {
      segmentIds: former.model.cluster.segmentIds,
      membership: isChange
        ? await membershipBeforeChange(former, sampled, windows, job.since!)
        : formerMembership(
            windows,
            { before: former.membership, next: centroids.membership },
            former.weightsOf.createdAt,
          ),
    },
    centroids,
    job.nextSegmentNumber,
  );
  const clusterModel = createClusterModel('', centroids, match.segmentIds, distance);
  const challenger = { encoder, scale: scale ?? undefined, settings: settings.series };
  const { heldOutRows } = split;
  const { engine } = settings.encoder;
  const heldOut = {
    ...(await measureHeldOut(challenger, scale, points, centroids.membership, heldOutRows)),
    agreement: await measureNeighbours(viewMap, embeddings, heldOutRows, engine),
  };
  const blind = viewMap === undefined && views.length > 0;
  const remarks = blind ? withoutViews(split.train.length, settings.encoder.shift, heldOut.activeUnits) : {};
  const gated = gate(
    champion && {
      ...(await measureHeldOut(champion.model, scale, pointsOf(champion), champion.membership, heldOutRows)),
      agreement: await measureNeighbours(championViews(champion), champion.embeddings, heldOutRows, engine),
    },
    heldOut,
    champion &&
      compareSegments(
        idsOf(champion.membership, champion.model.cluster.segmentIds),
        idsOf(centroids.membership, match.segmentIds),
      ),
    settings.gate,
    {
      objection: remarks.objection,
      basis: viewMap === undefined || viewMap.views.latents > 0 ? 'latents' : 'views',
    },
  );
  const decision =
    kept === undefined || viewMap === undefined
      ? gated
      : gateRefit(
          gated.values,
          await holdAgainst(kept, viewMap, embeddings, centroids.membership, settings.encoder.engine),
          remarks.objection,
        );
  const byMean = meanPredictionError(series, split.trainRows, split.heldOutRows);
  const ofEncoder =
    kept !== undefined
      ? undefined
      : (fit.warning ?? poorEncoder(decision.values.challengerReconstructionError, byMean));
  const fewer =
    centroids.k < chosen.k && remarks.objection === undefined
      ? `the windows have no more than ${centroids.k} different embeddings: ${centroids.k} segments, where ${chosen.k} were asked for`
      : undefined;
  const warnings = [ofEncoder, remarks.warning, fewer].filter((warning) => warning !== undefined);

  const unnamed: ModelArtifact = {
    modelVersion: '',
    createdAt: windows.watermark,
    reasons: job.reasons,
    seed,
    series: settings.series,
    seriesHash: settings.seriesHash,
    scale,
    encoder: { kind: 'vrae', settings: storedSettings(settings.encoder), ...toEncoderTensors(model) },
    clusterModel,
    anomaly:
      job.number === PROVISIONAL_NUMBER
        ? null
        : (fitAnomalyModel(assign(clusterModel, embeddings), { ...split, seed }) ?? null),
    lineage: match.lineage,
    alignment: await alignEmbeddings(embeddings, champion, settings.align),
    gate: decision.values,
    training: {
      windows: split.train.length,
      heldOutWindows: split.heldOut.length,
      updates: fit.updates,
      trainLoss: fit.trainLoss,
      heldOutLoss: fit.heldOutLoss,
      heldOutReconstruction: fit.heldOutReconstruction,
      activeUnits: fit.activeUnits,
      views,
      ...(chosen.tried.length > 0 && { kAdvice: chosen.tried }),
      ...(warnings.length > 0 && { warning: warnings.join('; ') }),
    },
  };
  const artifact = withModelVersion(unnamed, toModelVersion(job.number, unnamed));
  const assignments = assign(artifact.clusterModel, embeddings);
  const isReference = job.number !== PROVISIONAL_NUMBER;
  const judged = assign(
    artifact.clusterModel,
    await encoder.encode(prepareSeries(settings.series, scale ?? undefined, split.heldOut)),
  );
  return {
    artifact: encodeArtifact(artifact),
    modelVersion: artifact.modelVersion,
    promoted: decision.promoted,
    why: [...decision.reasons, ...warnings],
    values: decision.values,
    views,
    kAdvice: chosen.tried,
    profiles: profileSegments(assignments, {
      placeOf: placesOf(settings.calendar),
      former: job.formerProfiles,
      decoded: await decodePrototypes(encoder, settings.series, assignments),
    }),
    lineage: match.lineage,
    reference: isReference && severalWaves(split.heldOut) ? toDriftObservation(judged) : undefined,
    watched: isReference
      ? {
          statistics: statistics(artifact.clusterModel, judged),
          start: Math.min(...split.heldOut.starts),
          end: Math.max(...split.heldOut.ends),
        }
      : undefined,
    nextSegmentNumber: match.nextSegmentNumber,
  };
}

/** Whether its segments rest on views, which can be fitted anew without the weights of the VRAE. */
function hasViews({ weightsOf }: Verdict): boolean {
  const views = fromEncoderTensors(weightsOf.encoder).viewMap?.views.views ?? [];
  return views.length > 0 && !views.some(({ kind }) => kind === 'latents');
}

/** Both groupings of the windows in the challenger's views. */
async function holdAgainst(
  { membership }: Verdict,
  viewMap: ViewMap,
  embeddings: EmbeddingBatch,
  challenger: Uint16Array,
  name: VraeEngine,
): Promise<CommonSilhouettes> {
  const { engine } = await openEngine(name);
  try {
    const [before, after] = commonSilhouettes(viewMap, embeddings, [membership, challenger], engine);
    return { champion: before!, challenger: after! };
  } finally {
    engine.dispose();
  }
}

/** The champion's weights as they are. */
function keepEncoder({ weightsOf: { encoder, training } }: Verdict): VraeFit {
  const { trainLoss, heldOutLoss, heldOutReconstruction, activeUnits } = training;
  const { vrae: weights } = fromEncoderTensors(encoder);
  return { weights, updates: 0, trainLoss, heldOutLoss, heldOutReconstruction, activeUnits, warning: undefined };
}

/** The champion's segments of windows that it does not know, by what their customers were before. */
async function membershipBeforeChange(
  { model, membership }: Verdict,
  sampled: WindowBatch,
  windows: WindowBatch,
  since: number,
): Promise<Uint16Array> {
  const before = selectWindows(sampled, lastRowsBefore(sampled, since));
  const embeddings = await model.encoder.encode(prepareSeries(model.settings, model.scale, before));
  return membershipByCustomer(windows, membership, before, toMembership(assign(model.cluster, embeddings)));
}

async function fitEncoder(
  { number, settings, seed, fresh }: TrainingJob,
  series: SeriesBatch,
  champion: Verdict | undefined,
  { onProgress, now = () => 0 }: RunTrainingOptions,
): Promise<VraeFit> {
  const shape = toVraeShape(settings.encoder, series);
  const network = await createTrainingNetwork(shape, settings.encoder, series.length);
  try {
    const beginning = beginningOf(shape, settings.encoder.init, fresh ? undefined : champion);
    const most = beginning === undefined || beginning.adapted ? settings.encoder.updates : settings.warmUpdates;
    const updates = number === PROVISIONAL_NUMBER ? Math.min(most, PROVISIONAL_UPDATES) : most;
    const meter = createProgressMeter(settings.encoder.batch, now);
    return trainVrae(
      { settings: { ...settings.encoder, updates, seed }, series, initial: beginning?.weights },
      { network, onProgress: (progress) => onProgress?.(meter(progress)) },
    );
  } finally {
    network.dispose();
  }
}

/** More would not be worth the wait: a provisional model has few windows to learn from, and does not serve for long. */
const PROVISIONAL_UPDATES = 100;

/** Windows that views are fitted to at most: the search for neighbours goes with the square. */
const MOST_MAPPED = 5_000;

/** The views' map, where there are views; it begins where the champion's has the windows, unless all begins anew. */
async function fitMap(
  { settings, seed, fresh, refit }: TrainingJob,
  windows: WindowBatch,
  trainRows: Uint32Array,
  scale: FittedScale | null,
  weights: VraeWeights,
  champion: Verdict | undefined,
  open: OpenEncoder,
): Promise<ViewMapFit> {
  const { views: kinds, shift, engine: name } = settings.encoder;
  if (kinds.length === 0) return { viewMap: undefined, record: [] };
  const rows = sample(trainRows, MOST_MAPPED, createRandom(seed));
  const series = prepareSeries(settings.series, scale ?? undefined, selectWindows(windows, rows));
  const latents = kinds.includes('latents')
    ? (await open({ vrae: weights, viewMap: undefined }, '', name).encode(series)).latents
    : undefined;
  const formerPlaces = refit ? undefined : champion && placesIn(champion, rows, shift);
  const { engine } = await openEngine(name);
  try {
    return await fitViewMap(
      series,
      { kinds, shift, series: settings.series, scale, latents, seed, formerPlaces, beginsThere: !fresh },
      engine,
    );
  } finally {
    engine.dispose();
  }
}

/** Where windows lie by the champion; undefined where it has no map, or one that sees shifts otherwise. */
function placesIn({ embeddings: { embeddings, embeddingSize }, weightsOf }: Verdict, rows: Uint32Array, shift: Shift) {
  const { viewMap } = fromEncoderTensors(weightsOf.encoder);
  if (viewMap?.map.size !== PLACE_SIZE || viewMap.views.shift !== shift) return undefined;
  const places = new Float32Array(rows.length * embeddingSize);
  for (const [at, row] of rows.entries()) {
    places.set(embeddings.subarray(row * embeddingSize, (row + 1) * embeddingSize), at * embeddingSize);
  }
  return places;
}

async function judge(
  champion: Champion,
  { settings }: TrainingJob,
  windows: WindowBatch,
  open: OpenEncoder,
): Promise<Verdict> {
  const artifact = decodeArtifact(champion.artifact);
  const model = withCentroids(
    loadModel(artifact, settings.series, settings.seriesHash, settings.encoder.engine, open),
    champion.clusterModel,
  );
  const embeddings = await model.encoder.encode(prepareSeries(settings.series, model.scale, windows));
  return { model, embeddings, membership: toMembership(assign(model.cluster, embeddings)), weightsOf: artifact };
}

function toMembership({ nearest, distances }: AssignmentBatch): Uint16Array {
  return nearest.map((j, i) => (Number.isNaN(distances[i]) ? NO_CENTROID : j));
}

/** The champion's weights, or those that ship with the package, where they have the shape that is to be trained. */
function beginningOf(shape: VraeShape, init: EncoderInit, champion: Verdict | undefined): Beginning | undefined {
  const weights = champion && fromEncoderTensors(champion.weightsOf.encoder).vrae;
  if (weights !== undefined && differingField(weights.shape, shape) === undefined) return { weights, adapted: false };
  return init === 'pretrained' ? pretrainedWeights(shape) : undefined;
}

function pointsOf({ embeddings, model }: Verdict): EmbeddingBatch {
  return { ...embeddings, embeddings: toClusterPoints(embeddings, model.cluster.distance) };
}

/** The same centroids at unit length: the mean of unit vectors is shorter, the more the wider they are apart. */
function toDirections(points: Float32Array, fit: CentroidFit): CentroidFit {
  return { ...fit, ...membershipOf(points, fit.size, toUnitRows(fit.centroids, fit.size)) };
}

/** As many segments as are asked for, or as suit the windows best. */
async function chooseSegments(
  { embeddings, embeddingSize }: EmbeddingBatch,
  champion: Verdict | undefined,
  { settings, seed }: TrainingJob,
): Promise<ChosenK> {
  const { k } = settings.cluster;
  if (k !== 'auto') return { k, tried: [] };
  return chooseK(embeddings, embeddingSize, { seed, current: champion?.model.cluster.k });
}

/**
 * Centroids in the new embedding: grown out of the champion's segments, each starting where its members are now, as far as
 * these fit; from new starts where there is no champion, another k, or a segment without members.
 */
async function fitCentroids(
  { embeddings, embeddingSize, length }: EmbeddingBatch,
  champion: Verdict | undefined,
  { settings, seed }: TrainingJob,
  k: number,
): Promise<CentroidFit> {
  const { starts } = settings.cluster;
  const anew = (): Promise<CentroidFit> => seedCentroids(embeddings, embeddingSize, k, { seed, starts });
  if (champion === undefined || champion.model.cluster.k !== k) return anew();
  const sums = new Float64Array(k * embeddingSize);
  const counts = new Float64Array(k);
  for (let i = 0; i < length; i++) {
    const j = champion.membership[i]!;
    if (j === NO_CENTROID) continue;
    counts[j]! += 1;
    for (let m = 0; m < embeddingSize; m++) sums[j * embeddingSize + m]! += embeddings[i * embeddingSize + m]!;
  }
  if (counts.includes(0)) return anew();
  const start = Float32Array.from(sums, (sum, at) => sum / counts[Math.floor(at / embeddingSize)]!);
  return exchangeCentroids(embeddings, await settleCentroids(embeddings, embeddingSize, start, { anew }));
}

/** Where a model is computed is no part of it: weights move between engines, and threads change nothing. */
function storedSettings({
  engine,
  threads,
  ...settings
}: EncoderSettings): Omit<EncoderSettings, 'engine' | 'threads'> {
  return settings;
}

function championViews({ weightsOf }: Verdict): ViewMap | undefined {
  return fromEncoderTensors(weightsOf.encoder).viewMap;
}

function withCentroids(model: LoadedModel, cluster: ClusterModel): LoadedModel {
  return { ...model, cluster };
}

function idsOf(membership: Uint16Array, ids: readonly string[]): (string | undefined)[] {
  return Array.from(membership, (j) => (j === NO_CENTROID ? undefined : ids[j]));
}

/** Windows that close together come longest-known customers first, so that part of one wave stands for nothing. */
function severalWaves({ ends }: WindowBatch): boolean {
  return ends.some((end) => end !== ends[0]);
}

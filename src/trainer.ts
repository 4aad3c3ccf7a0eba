import type { ClusterModel } from './cluster/cluster-model.js';
import { createDriftStatistics } from './drift/drift-statistics.js';
import { checkEncoderFile } from './encode/check-encoder-file.js';
import { SegtideError } from './errors.js';
import type { SegmentRecord } from './publish/segment-record.js';
import type { ModelEntry } from './train/model-entry.js';
import type { SampleRecord, StatisticsRecord } from './train/model-record.js';
import { createMemoryRegistry } from './train/model-registry.js';
import type { ModelRequest } from './train/model-request.js';
import { profileChampion } from './train/profile-champion.js';
import { isTrained } from './train/provisional.js';
import { createReservoir } from './train/reservoir.js';
import { createRetrainSchedule } from './train/retrain-schedule.js';
import type { TrainingOutcome } from './train/training-outcome.js';
import { createBehaviourWatch, type DriftTally } from './trainer/behaviour-watch.js';
import { createCentroidEpochs } from './trainer/centroid-epochs.js';
import { createLabelAgreement, type LabelScores } from './trainer/label-agreement.js';
import { createModelLife, inWords } from './trainer/model-life.js';
import { createSegmentsInForce } from './trainer/segments-in-force.js';
import { createTakeover } from './trainer/takeover.js';
import type { TrainerParts } from './trainer/trainer-parts.js';
import { createTrainerPosition, toLifeMoment } from './trainer/trainer-position.js';
import type { TrainerSettings } from './trainer/trainer-settings.js';
import type { TrainerSnapshot } from './trainer/trainer-snapshot.js';
import { createTrainings } from './trainer/trainings.js';
import type { WindowBatch } from './window/window-batch.js';

/** Merges what workers learnt, watches drift, trains and judges models. One at a time in a deployment. */
export interface Trainer {
  /** Takes windows into the sample that models are trained on: before the statistics of the same lesson. */
  sampled(record: SampleRecord): void;
  /** Takes what a lesson taught; resolves when all that it led to is published. */
  observe(record: StatisticsRecord): Promise<void>;
  /**
   * Takes into force what has become ready since the last lesson, a model or centroids: live, a quiet stream would wait
   * long for the next one. In a replay there is nothing between two lessons.
   */
  settle(): Promise<void>;
  /**
   * Does what somebody asks for by hand: retrain, promote a model that is kept, go back to the one before, prune, rename a
   * segment. What
   * can't be done is told as a model event, and changes nothing; what was asked for before under the same id is done once.
   */
  request(request: ModelRequest): Promise<void>;
  /** Tells, as a model event, that what somebody asks for by hand is not done, and why. */
  decline(request: ModelRequest, why: string): Promise<void>;
  /**
   * Removes what is held of a customer: sampled windows, and the customer's name where it stands for a segment. A
   * training under way goes on with what it was given, and its model names the customer nowhere.
   */
  forget(customerId: string): Promise<void>;
  /** The end of the input: the last drift reports, and a first model where there was none yet. */
  end(): Promise<void>;
  /**
   * Ends a training under way, and the threads of drift statistics; none runs after it, and what waits for one fails with
   * `aborted`.
   */
  stop(): Promise<void>;
  /** Windows that taught so far, whether or not they were sampled. */
  readonly windows: number;
  readonly outcomes: readonly TrainingOutcome[];
  /** Models that are kept or told of, in the order of their training. */
  readonly models: readonly ModelEntry[];
  /** The model in force, with its centroids as they are by now; undefined while there is none. */
  readonly clusterModel: ClusterModel | undefined;
  /** Profiles of the segments in force. */
  readonly segments: readonly SegmentRecord[];
  readonly driftReports: DriftTally;
  /** Rounds that drift statistics of the user's own were left out of since it was created, by name. */
  readonly statisticFailures: ReadonlyMap<string, number>;
  /** How far segments agree with labels; undefined where the model in force has had no labelled window. */
  readonly labelScores: LabelScores | undefined;
  /** Labelled windows that were compared with segments so far, under whichever model. */
  readonly labelledWindows: number;
  /** A sample of the windows that went by, weighted towards the recent ones. */
  sample(): WindowBatch;
  /** Statistics that came too late for their model. */
  readonly droppedStatistics: number;
  snapshot(): TrainerSnapshot;
}

/**
 * Creates a trainer, new or as it was when the snapshot was taken. It decides by counts and event time alone and reads
 * no clock, so that a replay decides the same things at the same windows.
 *
 * @throws SegtideError `state` when the snapshot belongs to other settings; `config` when an encoder's file can't be used.
 */
export function createTrainer(settings: TrainerSettings, parts: TrainerParts, from?: TrainerSnapshot): Trainer {
  checkEncoderFile(settings.model.encoder, settings.model.series);
  const { windowSteps: steps, channels } = settings.model.series;
  const { clock, modelEvents: events, registry = createMemoryRegistry(), onModelLost: onProblem } = parts;
  const initial = from === undefined ? parts.initialModel : undefined;
  const position = createTrainerPosition(from, initial);
  const reservoir = createReservoir({ ...settings.reservoir, steps, channels, seed: settings.seed }, from?.reservoir);
  const schedule = createRetrainSchedule(settings.retrain, from?.schedule);
  const segments = createSegmentsInForce(parts.segments, from?.segments, from?.segmentNames);
  const life = createModelLife(settings.keepModels ?? 5, { registry, events, onProblem }, from?.life);
  const statistics = createDriftStatistics(settings.drift, parts.onStatisticFailure);
  const watch = createBehaviourWatch(settings, { drift: parts.drift, statistics }, schedule, from);
  const shared = { position, reservoir, schedule, segments, life, watch };
  const epochs = createCentroidEpochs(settings, parts, shared, from);
  const trainings = createTrainings(settings, parts, shared, from);
  const agreement = createLabelAgreement(parts.onTooManyLabels, from?.labels);
  const takeover = createTakeover(settings.model, parts, { ...shared, epochs, agreement, trainings });
  let hasBegun = false;
  if (initial !== undefined) schedule.adopted();

  /** Once: a model that the stream began with is the first of its history; what was lost since a restart is put back. */
  async function beginHistory(): Promise<void> {
    if (hasBegun) return;
    hasBegun = true;
    if (initial !== undefined) await life.adopted(initial);
    else if (from !== undefined) await life.restored(position.champion);
  }

  /** Tells the segments of a model that came without windows, by the first ones that it was used on. */
  async function describeInitial(): Promise<void> {
    if (segments.records.length === 0 && position.windows > 0) await describe();
  }

  /** Tells those again while some had no members to be described by, each time that there are twice as many windows. */
  async function describeEmpty(windowsBefore: number): Promise<void> {
    const doublings = (windows: number): number => Math.floor(Math.log2(windows / settings.retrain.firstFit));
    if (doublings(position.windows) <= doublings(windowsBefore)) return;
    const isAsItCame = segments.records.every(({ lineage, reason }) => lineage === 'born' && reason === '');
    if (isAsItCame && segments.records.some(({ size }) => size === 0)) await describe();
  }

  async function describe(): Promise<void> {
    const { champion, now } = position;
    if (champion === undefined) return;
    const profiles = await profileChampion(champion, settings.model, reservoir.toWindows(), segments.profiles());
    await segments.publish(profiles, { lineage: [], reasons: [], createdAt: now });
  }

  /** What a lesson teaches moves the centroids, is compared with labels, and is watched under a model that was trained. */
  function learn({ statistics, observation, labels }: StatisticsRecord): void {
    const model = position.champion?.clusterModel;
    if (statistics === undefined || observation === undefined || model === undefined) return;
    const learnt = epochs.learn(statistics);
    if (learnt === undefined) return;
    if (labels !== undefined) agreement.observe(labels);
    if (isTrained(model.modelVersion)) watch.observe(learnt, observation, model);
  }

  async function moveCentroids(): Promise<void> {
    await epochs.move({ mayReseed: !trainings.isUnderWay });
  }

  /** Waits for the training under way, and takes its model into force if the gate lets it. */
  async function conclude(): Promise<void> {
    const training = await trainings.conclude();
    if (training === undefined) return;
    const { promoted, nextSegmentNumber } = training.result;
    watch.concluded(training.job, promoted, schedule.triesAgain);
    // A challenger that is refused may be promoted by hand: no other segment may have its new ids.
    if (promoted || position.champion !== undefined) position.nextSegmentNumber = nextSegmentNumber;
    if (promoted) await takeover.promote(training);
  }

  async function concludeDue(): Promise<void> {
    if (trainings.isDue) await conclude();
  }

  async function handle(request: ModelRequest): Promise<void> {
    if (request.kind === 'promote' || request.kind === 'rollback') return takeover.reinstate(request);
    if (request.kind === 'rename') return segments.rename(request.segmentId, request.name);
    if (request.kind === 'prune') return life.prune(request, toLifeMoment(position));
    if (!isTrained(position.champion?.clusterModel.modelVersion)) {
      throw new SegtideError('state', 'there is no model yet to train another from; the first comes by itself');
    }
    schedule.request(inWords(request));
    if (request.fresh) trainings.askFresh();
    await trainings.startDue();
    await concludeDue();
  }

  return {
    sampled({ windows: sample, weights }) {
      for (let i = 0; i < sample.length; i++) reservoir.add(sample, i, weights?.[i]);
    },
    async observe(record) {
      const windowsBefore = position.windows;
      position.windows += record.windows;
      position.now = Math.max(position.now, record.watermark);
      epochs.count(record.windows);
      schedule.observe(record.windows, position.now, record.endsWave);
      schedule.look(clock?.now() ?? position.now);
      learn(record);

      await beginHistory();
      if (position.windows >= settings.retrain.firstFit) await describeInitial();
      if (windowsBefore >= settings.retrain.firstFit) await describeEmpty(windowsBefore);
      await moveCentroids();
      await watch.reportDrift(position.now);
      await watch.reportChange(record.endsWave === true, trainings.learnsSince);
      await concludeDue();
      await trainings.startDue();
      await concludeDue();
    },
    async settle() {
      await moveCentroids();
      await concludeDue();
      if (clock === undefined) return;
      schedule.look(clock.now());
      await trainings.startDue();
    },
    async request(request) {
      await beginHistory();
      if (!life.isNew(request)) return;
      try {
        await handle(request);
      } catch (error) {
        if (!(error instanceof SegtideError) || error.code !== 'state') throw error;
        await life.declined(request, error.message, toLifeMoment(position));
      }
    },
    async decline(request, why) {
      if (life.isNew(request)) await life.declined(request, why, toLifeMoment(position));
    },
    async forget(customerId) {
      reservoir.forget(customerId);
      trainings.forget(customerId);
      await segments.forget(customerId);
    },
    async end() {
      await describeInitial();
      await watch.reportDrift(position.now, true);
      await statistics.close();
      if (isTrained(position.champion?.clusterModel.modelVersion)) return trainings.stop();
      // Live, a provisional model may be under way.
      await conclude();
      trainings.startAtEnd();
      await conclude();
    },
    async stop() {
      await Promise.all([trainings.stop(), statistics.close()]);
    },
    statisticFailures: statistics.failures,
    get windows() {
      return position.windows;
    },
    outcomes: trainings.outcomes,
    get models() {
      return life.entries;
    },
    get clusterModel() {
      return position.champion?.clusterModel;
    },
    get segments() {
      return segments.records;
    },
    get driftReports() {
      return watch.tally;
    },
    get labelScores() {
      return agreement.scores;
    },
    get labelledWindows() {
      return agreement.windows;
    },
    sample: reservoir.toWindows,
    get droppedStatistics() {
      return epochs.dropped;
    },
    snapshot() {
      const { driftReports, ...watched } = watch.snapshot();
      const { droppedStatistics, ...centroids } = epochs.snapshot();
      const { trainings: number, freshAsked, ...training } = trainings.snapshot();
      const labels = agreement.snapshot();
      // Their order is that of the bytes of a checkpoint.
      return {
        windows: position.windows,
        trainings: number,
        now: position.now,
        nextSegmentNumber: position.nextSegmentNumber,
        reservoir: reservoir.snapshot(),
        schedule: schedule.snapshot(),
        ...watched,
        champion: position.champion ?? null,
        ...centroids,
        ...training,
        segments: segments.records,
        segmentNames: segments.names,
        driftReports,
        droppedStatistics,
        life: life.snapshot(),
        freshAsked,
        ...(labels && { labels }),
      };
    },
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Statistics } from './cluster/cluster-model.js';
import { starvedCentroids } from './cluster/starved-centroids.js';
import { merge, withoutRows } from './cluster/statistics.js';
import { update } from './cluster/update.js';
import { toChangeReport } from './drift/change-report.js';
import { type Change, type ChangeWatchSnapshot, createChangeWatch } from './drift/change-watch.js';
import { createDriftMonitor, type DriftMonitorSnapshot } from './drift/drift-monitor.js';
import { driftReason } from './drift/drift-reason.js';
import type { DriftReport } from './drift/drift-report.js';
import type { DriftSettings } from './drift/drift-settings.js';
import { SegtideError } from './errors.js';
import { createModelLife, inWords, type LifeMoment, type ModelLifeSnapshot } from './model-life.js';
import type { Clock, Sink } from './ports.js';
import type { ModelEventRecord } from './publish/model-event.js';
import type { SegmentRecord } from './publish/segment-record.js';
import { createSegmentsInForce } from './segments-in-force.js';
import type { AdoptedModel } from './train/adopt-model.js';
import { rowsSince } from './train/changed-behaviour.js';
import { decodeArtifact } from './train/encode-artifact.js';
import type { ModelEntry } from './train/model-entry.js';
import type { ModelRecord, SampleRecord, StatisticsRecord } from './train/model-record.js';
import { createMemoryRegistry, type ModelRegistry } from './train/model-registry.js';
import type { ModelRequest } from './train/model-request.js';
import { profileChampion } from './train/profile-champion.js';
import { isProvisional, isTrained, PROVISIONAL_NUMBER } from './train/provisional.js';
import { reinstateModel } from './train/reinstate-model.js';
import { reseedChampion } from './train/reseed-champion.js';
import { createReservoir, type ReservoirSnapshot } from './train/reservoir.js';
import { withoutCustomer } from './train/reservoir-snapshot.js';
import { createRetrainSchedule, type RetrainScheduleSnapshot, type RetrainSettings } from './train/retrain-schedule.js';
import { type StartTrainingOptions, startTraining, type Training } from './train/start-training.js';
import { isStopped, stoppedTraining } from './train/stopped-training.js';
import type { Champion, ModelSettings, TrainingJob, TrainingResult } from './train/training-job.js';
import { type TrainingOutcome, toEndedOutcome, toFailedOutcome, toTrainingOutcome } from './train/training-outcome.js';
import type { TrainingProgress } from './train/training-progress.js';
import type { WindowBatch } from './window/window-batch.js';

export interface TrainerSettings {
  readonly model: ModelSettings;
  readonly retrain: RetrainSettings;
  /** Windows after which a provisional model is made, to assign until the first fit; undefined for none. */
  readonly provisionalFit: number | undefined;
  readonly reservoir: { readonly capacity: number; readonly halfLifeMs: number | undefined };
  readonly drift: DriftSettings;
  /** Drift that asks for it starts a training. */
  readonly retrainOnDrift: boolean;
  /**
   * In a replay a model takes effect exactly so many windows after the window it was trained up to, and the stream
   * waits there; undefined when live, where it takes effect on arrival.
   */
  readonly swapAfterWindows: number | undefined;
  /** Every so many trainings one begins from new weights and not from the champion's. */
  readonly freshEvery: number;
  /** Former models that are kept to go back to, and as many refused ones; at least 1. @default 5 */
  readonly keepModels?: number;
  /** Most time that a training may take, in ms, before it is ended and the champion serves on. @default an hour */
  readonly maxTrainingMs?: number;
  readonly seed: number;
}

/** Where the trainer's records go, and what it works with. */
export interface TrainerParts {
  /** The inner topic of models: resolves when the workers have taken the record into force. */
  publishModel(record: ModelRecord): Promise<void>;
  readonly segments: Sink<SegmentRecord>;
  readonly drift: Sink<DriftReport>;
  /** What becomes of models. @default nowhere */
  readonly modelEvents?: Sink<ModelEventRecord> | undefined;
  /** Where models are kept. @default in memory */
  readonly registry?: ModelRegistry | undefined;
  /** Told of models that were kept and are lost, when it goes on after a restart. */
  readonly onModelLost?: ((text: string) => void) | undefined;
  /** Live: what `cron` goes by. @default event time */
  readonly clock?: Clock | undefined;
  /** @default a process for each training */
  readonly train?: (job: TrainingJob, options: StartTrainingOptions) => Training;
  readonly onProgress?: ((modelNumber: number, progress: TrainingProgress) => void) | undefined;
  /** Told of each training that failed, when its turn to give a model has come. */
  readonly onFailure?: ((outcome: TrainingOutcome) => void) | undefined;
  /** A model that the workers have in force from the start. @default none */
  readonly initialModel?: AdoptedModel | undefined;
  /** Live: centroids move after so long, too, however few windows taught. @default after `epochWindows` alone */
  readonly epochs?: { readonly everyMs: number; readonly clock: Clock } | undefined;
}

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
   * Does what somebody asks for by hand: retrain, promote a model that is kept, go back to the one before, prune. What
   * can't be done is told as a model event, and changes nothing; what was asked for before under the same id is done once.
   */
  request(request: ModelRequest): Promise<void>;
  /**
   * Removes what is held of a customer: sampled windows, and the customer's name where it stands for a segment. A
   * training under way goes on with what it was given, and its model names the customer nowhere.
   */
  forget(customerId: string): Promise<void>;
  /** The end of the input: the last drift reports, and a first model where there was none yet. */
  end(): Promise<void>;
  /** Ends a training under way; none runs after it, and what waits for one fails with `aborted`. */
  stop(): Promise<void>;
  /** Windows that taught so far, whether or not they were sampled. */
  readonly windows: number;
  readonly outcomes: readonly TrainingOutcome[];
  /** Models that are kept or told of, in the order of their training. */
  readonly models: readonly ModelEntry[];
  /** Profiles of the segments in force. */
  readonly segments: readonly SegmentRecord[];
  readonly driftReports: { readonly last: readonly DriftReport[]; readonly drifted: number; readonly reports: number };
  /** A sample of the windows that went by, weighted towards the recent ones. */
  sample(): WindowBatch;
  /** Statistics that came too late for their model. */
  readonly droppedStatistics: number;
  snapshot(): TrainerSnapshot;
}

export interface TrainerSnapshot {
  readonly windows: number;
  readonly trainings: number;
  /** Latest window end, epoch ms. */
  readonly now: number;
  readonly nextSegmentNumber: number;
  readonly reservoir: ReservoirSnapshot;
  readonly schedule: RetrainScheduleSnapshot;
  readonly drift: DriftMonitorSnapshot;
  readonly watch: ChangeWatchSnapshot;
  /** Start of the behaviour that models are fitted to, epoch ms; null while none has ended. */
  readonly since: number | null;
  /** The same, of the champion. */
  readonly fittedSince: number | null;
  readonly changes: number;
  readonly champion: Champion | null;
  readonly taught: Statistics | null;
  readonly windowsSinceEpoch: number;
  /** Event time of the last update of the centroids, epoch ms; null before the first. */
  readonly epochTime: number | null;
  /** Centroids that the model in force has put elsewhere last, and its epoch from then on; null where it has none. */
  readonly reseeded: { readonly epoch: number; readonly rows: readonly number[] } | null;
  /** Windows from which on starved centroids are looked after again. */
  readonly reseedAt: number;
  /** The training under way: begun again from here after a restart, with the same outcome. */
  readonly underWay: PendingJob | null;
  readonly outcomes: readonly TrainingOutcome[];
  readonly segments: readonly SegmentRecord[];
  readonly driftReports: Trainer['driftReports'];
  readonly droppedStatistics: number;
  readonly life: ModelLifeSnapshot;
  /** Whether the next training was asked to begin from new weights. */
  readonly freshAsked: boolean;
}

interface PendingJob {
  readonly job: TrainingJob;
  readonly atWindow: number;
}

interface UnderWay extends PendingJob {
  /** With its sample as a snapshot may hold it. */
  job: TrainingJob;
  readonly training: Training;
  settled: boolean;
}

/**
 * Creates a trainer, new or as it was when the snapshot was taken. It decides by counts and event time alone and reads
 * no clock, so that a replay decides the same things at the same windows.
 *
 * @throws SegtideError `state` when the snapshot belongs to other settings.
 */
export function createTrainer(settings: TrainerSettings, parts: TrainerParts, from?: TrainerSnapshot): Trainer {
  const { windowSteps: steps, channels } = settings.model.series;
  const train = parts.train ?? startTraining;
  const reservoir = createReservoir({ ...settings.reservoir, steps, channels, seed: settings.seed }, from?.reservoir);
  const schedule = createRetrainSchedule(settings.retrain, from?.schedule);
  const monitor = createDriftMonitor(settings.drift, from?.drift);
  const watch = createChangeWatch(settings.drift.watch, from?.watch);
  let since = from?.since ?? undefined;
  /** As of the champion. */
  let fittedSince = from?.fittedSince ?? undefined;
  let changes = from?.changes ?? 0;
  const outcomes: TrainingOutcome[] = [...(from?.outcomes ?? [])];
  let windows = from?.windows ?? 0;
  const initial = from === undefined ? parts.initialModel : undefined;
  let trainings = from?.trainings ?? initial?.number ?? 0;
  let nextSegmentNumber = from?.nextSegmentNumber ?? initial?.nextSegmentNumber ?? 1;
  let champion = from?.champion ?? initial?.champion;
  let taught = from?.taught ?? undefined;
  let windowsSinceEpoch = from?.windowsSinceEpoch ?? 0;
  let epochTime = from?.epochTime ?? undefined;
  let reseeded = from?.reseeded ?? undefined;
  let reseedAt = from?.reseedAt ?? 0;
  const segments = createSegmentsInForce(parts.segments, from?.segments);
  let driftReports = from?.driftReports ?? { last: [], drifted: 0, reports: 0 };
  let change: Change | undefined;
  let droppedStatistics = from?.droppedStatistics ?? 0;
  let now = from?.now ?? Number.NEGATIVE_INFINITY;
  const { registry = createMemoryRegistry(), modelEvents: events } = parts;
  const life = createModelLife(
    settings.keepModels ?? 5,
    { registry, events, onProblem: parts.onModelLost },
    from?.life,
  );
  let freshAsked = from?.freshAsked ?? false;
  let hasBegun = false;
  let epochAt = parts.epochs?.clock.now() ?? 0;
  let underWay: UnderWay | undefined;
  let stopped = false;
  if (from?.underWay != null) run(from.underWay);
  if (initial !== undefined) schedule.adopted();

  function run(pending: PendingJob): void {
    const training = stopped
      ? stoppedTraining()
      : train(pending.job, {
          onProgress: (p) => parts.onProgress?.(pending.job.number, p),
          // The stream goes first, unless it waits for the model.
          background: settings.swapAfterWindows !== 0,
          maxMs: settings.maxTrainingMs,
        });
    const started: UnderWay = { ...pending, training, settled: false };
    underWay = started;
    const settle = (): void => {
      started.settled = true;
    };
    training.result.then(settle, (error: unknown) => {
      if (!isStopped(error)) settle();
    });
  }

  function start(reasons: readonly string[]): void {
    const sampled = reservoir.snapshot();
    const fittedTo = since === undefined ? sampled.starts.length : rowsSince(sampled, since).length;
    const refit = schedule.isRefitEnough(fittedTo);
    schedule.started(reasons, fittedTo < reservoir.capacity ? fittedTo : undefined, refit);
    trainings++;
    const fresh = freshAsked || (!refit && trainings % settings.freshEvery === 0);
    runJob(trainings, reasons, fresh, refit && !fresh, sampled);
    freshAsked = false;
  }

  function moment(): LifeMoment {
    return { now, windows, champion: champion?.clusterModel.modelVersion ?? null };
  }

  function runJob(
    number: number,
    reasons: readonly string[],
    fresh: boolean,
    refit = false,
    sampled = reservoir.snapshot(),
  ): void {
    run({
      atWindow: windows,
      job: {
        number,
        reasons,
        seed: settings.seed + number,
        settings: settings.model,
        reservoir: sampled,
        champion,
        fresh,
        ...(refit && { refit }),
        ...(since !== undefined && { since }),
        nextSegmentNumber,
        formerProfiles: segments.profiles(),
      },
    });
  }

  /** Once, whatever comes of it; the schedule of fits knows nothing of it. */
  function isProvisionalDue(): boolean {
    const { provisionalFit } = settings;
    if (provisionalFit === undefined || windows < provisionalFit || champion !== undefined) return false;
    return trainings === 0 && !outcomes.some(({ modelVersion }) => isProvisional(modelVersion));
  }

  /** Trains in a process of its own what is due, if nothing is under way. */
  async function startDue(): Promise<void> {
    if (underWay !== undefined) return;
    const reasons = schedule.due();
    if (reasons === undefined && !isProvisionalDue()) return;
    // Copying a full reservoir for its process takes some 30 ms: it gets a turn of the event loop to itself.
    await nextTurn();
    if (reasons === undefined) runJob(PROVISIONAL_NUMBER, [`provisional: ${windows} windows`], true);
    else start(reasons);
    await nextTurn();
  }

  /** Waits for the training under way, and takes its model into force if the gate lets it. */
  async function conclude(): Promise<void> {
    if (underWay === undefined) return;
    const result = await underWay.training.result.catch(failed);
    const { job, atWindow } = underWay;
    underWay = undefined;
    const parent = job.champion?.clusterModel.modelVersion ?? null;
    const isScheduled = job.number !== PROVISIONAL_NUMBER;
    if (result instanceof SegtideError) {
      // The champion serves on; without one, the stream warms on until the next fit.
      if (isScheduled) {
        schedule.finished(false);
        // What died of outside causes is tried again as soon as a training may start.
        if (result.retriable) schedule.request('the training before this one died');
      }
      const outcome = toFailedOutcome(job, atWindow, result, champion !== undefined);
      outcomes.push(outcome);
      await life.concluded(outcome, parent, moment());
      parts.onFailure?.(outcome);
      return;
    }
    if (isScheduled) schedule.finished(result.promoted);
    // What the champion knows better is no other behaviour: it is watched from there on.
    if (!result.promoted && job.since !== undefined && job.since === since && since !== fittedSince) {
      since = fittedSince;
      watch.rebase(undefined);
    }
    if (result.promoted) fittedSince = job.since;
    const outcome = toTrainingOutcome(job, atWindow, result);
    outcomes.push(outcome);
    await life.concluded(outcome, parent, moment(), result);
    // A challenger that is refused may be promoted by hand: no other segment may have its new ids.
    if (result.promoted || champion !== undefined) nextSegmentNumber = result.nextSegmentNumber;
    if (result.promoted) await promote(result, job);
  }

  async function promote(result: TrainingResult, { reasons, reservoir: { customers } }: TrainingJob): Promise<void> {
    const { artifact, modelVersion } = result;
    const before = champion;
    await life.promoted(modelVersion, moment(), before?.clusterModel);
    champion = { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
    reseeded = undefined;
    beginEpoch();
    monitor.rebase(result.reference && { observation: result.reference, model: champion.clusterModel });
    watch.rebase(result.watched);
    // Who was forgotten since the training began stands for no segment.
    const profiles = result.profiles.map((profile) =>
      customers.includes(profile.medoidCustomer ?? '')
        ? profile
        : { ...profile, medoidCustomer: undefined, medoidStart: undefined },
    );
    await segments.publish(profiles, { lineage: result.lineage, reasons, createdAt: now });
    const previousVersion = before?.clusterModel.modelVersion ?? null;
    await parts.publishModel({ kind: 'model', modelVersion, artifact, previousVersion });
  }

  /** @throws SegtideError `state` that says why it can't be done */
  async function reinstate(request: ModelRequest & { readonly kind: 'promote' | 'rollback' }): Promise<void> {
    const model = await life.fetch(request, moment());
    const { entry, artifact, clusterModel } = model;
    const { modelVersion } = entry;
    const sampled = reservoir.toWindows();
    const newKind = entry.reigns.length > 0 ? 'restored' : 'born';
    const next = { artifact, clusterModel };
    const { profiles, lineage } = await reinstateModel(next, champion, sampled, settings.model, {
      newKind,
      former: segments.profiles(),
    });
    await abandon(`${modelVersion} was put into force by hand`);

    const before = champion;
    await life.reinstated(model, request, moment(), before?.clusterModel, lineage);
    champion = next;
    beginEpoch();
    // What it learnt from is of another time than the windows that are to come.
    monitor.rebase();
    watch.rebase(undefined);
    since = undefined;
    fittedSince = undefined;
    schedule.replaced();
    freshAsked = false;
    if (sampled.length > 0) {
      await segments.publish(profiles, { lineage, reasons: [inWords(request)], createdAt: now });
    }
    const previousVersion = before?.clusterModel.modelVersion ?? null;
    await parts.publishModel({ kind: 'model', modelVersion, artifact, previousVersion, cluster: clusterModel });
  }

  /** Ends a training whose challenger was to be held against a model that is in force no more. */
  async function abandon(why: string): Promise<void> {
    if (underWay === undefined) return;
    const { job, atWindow, training } = underWay;
    underWay = undefined;
    await training.stop();
    if (job.number !== PROVISIONAL_NUMBER) schedule.finished(false);
    const outcome = toEndedOutcome(job, atWindow, why);
    outcomes.push(outcome);
    await life.concluded(outcome, job.champion?.clusterModel.modelVersion ?? null, moment());
  }

  async function handle(request: ModelRequest): Promise<void> {
    if (request.kind === 'promote' || request.kind === 'rollback') return reinstate(request);
    if (request.kind === 'prune') return life.prune(request, moment());
    if (!isTrained(champion?.clusterModel.modelVersion)) {
      throw new SegtideError('state', 'there is no model yet to train another from; the first comes by itself');
    }
    schedule.request(inWords(request));
    freshAsked ||= request.fresh;
    await startDue();
    await concludeDue();
  }

  /** Once: a model that the stream began with is the first of its history; what was lost since a restart is put back. */
  async function beginHistory(): Promise<void> {
    if (hasBegun) return;
    hasBegun = true;
    if (initial !== undefined) await life.adopted(initial);
    else if (from !== undefined) await life.restored(champion);
  }

  /** Tells the segments of a model that came without windows, by the first ones that it was used on. */
  async function describeInitial(): Promise<void> {
    if (champion === undefined || segments.records.length > 0 || windows === 0) return;
    const profiles = await profileChampion(champion, settings.model, reservoir.toWindows());
    await segments.publish(profiles, { lineage: [], reasons: [], createdAt: now });
  }

  /** Adds a lesson to what is taught; what belongs to another model version is dropped and counted. */
  function learn({ statistics, observation }: StatisticsRecord): void {
    if (statistics === undefined || observation === undefined || champion === undefined) return;
    if (statistics.modelVersion !== champion.clusterModel.modelVersion) {
      droppedStatistics++;
      return;
    }
    // What came to a centroid's former place says nothing of its new one.
    const isBefore = reseeded !== undefined && statistics.centroidEpoch < reseeded.epoch;
    const valid = isBefore ? withoutRows(statistics, reseeded!.rows) : statistics;
    taught = taught === undefined ? valid : merge(taught, valid);
    if (!isTrained(champion.clusterModel.modelVersion)) return;
    monitor.observe(observation, champion.clusterModel);
    change = watch.observe({ statistics: valid, start: observation.start, end: observation.end }) ?? change;
  }

  /** Asks for a refit to what came since behaviour changed, as soon as there is enough of it. */
  async function reportChange(endsWave: boolean): Promise<void> {
    if (endsWave) change = watch.endWave() ?? change;
    const found = change;
    change = undefined;
    if (found === undefined || found.windows < LEAST_CHANGED || champion === undefined) return;
    const report = toChangeReport(found, ++changes, settings.drift.watch.threshold);
    await parts.drift.write([report]);
    driftReports = {
      last: [...driftReports.last.filter(({ statistic }) => statistic !== report.statistic), report],
      drifted: driftReports.drifted + 1,
      reports: driftReports.reports + 1,
    };
    if (!settings.retrainOnDrift || settings.drift.actions.embedding === 'none') return;
    // A training on these windows is under way: one is enough.
    if (underWay !== undefined && underWay.job.since === found.since) return;
    since = found.since;
    schedule.request(driftReason(report), settings.drift.actions.embedding === 'refit');
  }

  function beginEpoch(): void {
    taught = undefined;
    windowsSinceEpoch = 0;
    epochTime = Number.isFinite(now) ? now : undefined;
    epochAt = parts.epochs?.clock.now() ?? 0;
  }

  function isEpochDue(): boolean {
    const { epochs } = parts;
    if (windowsSinceEpoch >= settings.model.cluster.epochWindows) return true;
    return epochs !== undefined && epochs.clock.now() - epochAt >= epochs.everyMs;
  }

  async function moveCentroids(): Promise<void> {
    if (champion === undefined || taught === undefined || !isEpochDue()) return;
    const { halfLife, halfLifeMs } = settings.model.cluster;
    const elapsedMs = epochTime === undefined ? 0 : now - epochTime;
    champion = {
      ...champion,
      clusterModel: update(champion.clusterModel, taught, { halfLife, halfLifeMs, elapsedMs }),
    };
    beginEpoch();
    await reseed(champion);
    await parts.publishModel({ kind: 'centroids', cluster: champion.clusterModel });
  }

  /**
   * Gives starved centroids a new place, and tells the segments that begin and end by it: at most once in as many
   * windows as the reservoir holds, and not while a training hands out segment ids of its own.
   */
  async function reseed(current: Champion): Promise<void> {
    const starved = starvedCentroids(current.clusterModel);
    if (starved.length === 0 || windows < reseedAt || underWay !== undefined) return;
    if (!isTrained(current.clusterModel.modelVersion)) return;
    reseedAt = windows + settings.reservoir.capacity;
    const sampled = reservoir.toWindows();
    const former = segments.profiles();
    const found = await reseedChampion(current, starved, settings.model, sampled, nextSegmentNumber, former);
    if (found === undefined) return;
    champion = { ...current, clusterModel: found.clusterModel };
    nextSegmentNumber = found.nextSegmentNumber;
    reseeded = { epoch: found.clusterModel.centroidEpoch, rows: found.rows };
    // Shares and places of other segments: what was before is no measure any more.
    monitor.rebase();
    watch.rebase(undefined);
    const reasons = [`segments without windows: ${starved.map((j) => current.clusterModel.segmentIds[j]).join(', ')}`];
    await segments.publish(found.profiles, { lineage: found.lineage, reasons, createdAt: now });
  }

  async function reportDrift(atEnd: boolean): Promise<void> {
    const reports = monitor.report(now, atEnd);
    if (reports.length === 0) return;
    const drifted = reports.filter((report) => report.drifted);
    driftReports = {
      last: reports,
      drifted: driftReports.drifted + drifted.length,
      reports: driftReports.reports + reports.length,
    };
    await parts.drift.write(reports);
    const asking = reports.filter(({ action }) => action === 'retrain' || action === 'refit');
    if (!settings.retrainOnDrift) return;
    for (const report of asking.slice(0, 1)) {
      const isRefit = report.action === 'refit' && report.layer === 'embedding';
      if (isRefit) since = report.since ?? since;
      schedule.request(driftReason(report), isRefit);
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    // It stays under way: a snapshot that is taken now has it begun again.
    await underWay?.training.stop();
  }

  function isDue(): boolean {
    if (underWay === undefined) return false;
    if (settings.swapAfterWindows === undefined) return underWay.settled;
    // A stream that can wait does so for a provisional model, which it has only to be early.
    const swapAfter = underWay.job.number === PROVISIONAL_NUMBER ? 0 : settings.swapAfterWindows;
    return windows >= underWay.atWindow + swapAfter;
  }

  async function concludeDue(): Promise<void> {
    if (isDue()) await conclude();
  }

  return {
    sampled({ windows: sample }) {
      for (let i = 0; i < sample.length; i++) reservoir.add(sample, i);
    },
    async observe(record) {
      windows += record.windows;
      windowsSinceEpoch += record.windows;
      now = Math.max(now, record.watermark);
      schedule.observe(record.windows, now, record.endsWave);
      schedule.look(parts.clock?.now() ?? now);
      learn(record);

      await beginHistory();
      if (windows >= settings.retrain.firstFit) await describeInitial();
      await moveCentroids();
      await reportDrift(false);
      await reportChange(record.endsWave === true);
      await concludeDue();
      await startDue();
      await concludeDue();
    },
    async settle() {
      await moveCentroids();
      await concludeDue();
      if (parts.clock === undefined) return;
      schedule.look(parts.clock.now());
      await startDue();
    },
    async request(request) {
      await beginHistory();
      if (!life.isNew(request)) return;
      try {
        await handle(request);
      } catch (error) {
        if (!(error instanceof SegtideError) || error.code !== 'state') throw error;
        await life.declined(request, error.message, moment());
      }
    },
    async forget(customerId) {
      reservoir.forget(customerId);
      if (underWay !== undefined) {
        const { job } = underWay;
        underWay.job = { ...job, reservoir: withoutCustomer(job.reservoir, customerId) };
      }
      await segments.forget(customerId);
    },
    async end() {
      await describeInitial();
      await reportDrift(true);
      if (isTrained(champion?.clusterModel.modelVersion)) return stop();
      // Live, a provisional model may be under way.
      await conclude();
      const reasons = schedule.dueAtEnd();
      if (reasons !== undefined) start(reasons);
      await conclude();
    },
    stop,
    get windows() {
      return windows;
    },
    get outcomes() {
      return outcomes;
    },
    get models() {
      return life.entries;
    },
    get segments() {
      return segments.records;
    },
    get driftReports() {
      return driftReports;
    },
    sample: () => reservoir.toWindows(),
    get droppedStatistics() {
      return droppedStatistics;
    },
    snapshot: () => ({
      windows,
      trainings,
      now,
      nextSegmentNumber,
      reservoir: reservoir.snapshot(),
      schedule: schedule.snapshot(),
      drift: monitor.snapshot(),
      watch: watch.snapshot(),
      since: since ?? null,
      fittedSince: fittedSince ?? null,
      changes,
      champion: champion ?? null,
      taught: taught ?? null,
      windowsSinceEpoch,
      epochTime: epochTime ?? null,
      reseeded: reseeded ?? null,
      reseedAt,
      underWay: underWay === undefined ? null : { job: underWay.job, atWindow: underWay.atWindow },
      outcomes: [...outcomes],
      segments: segments.records,
      driftReports,
      droppedStatistics,
      life: life.snapshot(),
      freshAsked,
    }),
  };
}

/** Windows that a model is refitted to at least: fewer are as likely to be told apart wrongly. */
const LEAST_CHANGED = 64;

/** A failed training is an outcome like others; one that was stopped is none. */
function failed(error: unknown): SegtideError {
  if (error instanceof SegtideError && error.code === 'encoder') return error;
  throw error;
}

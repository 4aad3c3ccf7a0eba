import { setImmediate as nextTurn } from 'node:timers/promises';
import { SegtideError } from '../errors.js';
import { rowsSince } from '../train/changed-behaviour.js';
import { isProvisional, PROVISIONAL_NUMBER } from '../train/provisional.js';
import type { Reservoir, ReservoirSnapshot } from '../train/reservoir.js';
import type { RetrainSchedule } from '../train/retrain-schedule.js';
import type { TrainingJob, TrainingResult } from '../train/training-job.js';
import { type TrainingOutcome, toEndedOutcome, toFailedOutcome, toTrainingOutcome } from '../train/training-outcome.js';
import type { BehaviourWatch } from './behaviour-watch.js';
import type { ModelLife } from './model-life.js';
import type { SegmentsInForce } from './segments-in-force.js';
import type { TrainerParts } from './trainer-parts.js';
import { type TrainerPosition, toLifeMoment } from './trainer-position.js';
import type { TrainerSettings } from './trainer-settings.js';
import { createTrainingUnderWay, type PendingJob } from './training-under-way.js';

/** A training that gave a model, promoted or not. */
export interface ConcludedTraining {
  readonly job: TrainingJob;
  readonly result: TrainingResult;
}

/** The trainings of a stream, one at a time: what they are begun on, and what becomes of them. */
export interface Trainings {
  readonly isUnderWay: boolean;
  /** Start of the behaviour that the training under way learns alone, epoch ms; undefined where it learns all. */
  readonly learnsSince: number | undefined;
  /** Whether the turn of the training under way to give its model has come. */
  readonly isDue: boolean;
  /** The next training begins from new weights. */
  askFresh(): void;
  /** Begins what is due, if nothing is under way. */
  startDue(): Promise<void>;
  /** Begins a first fit, or what else is due at the end of the input. */
  startAtEnd(): void;
  /**
   * Waits for the training under way, and tells its outcome.
   *
   * @returns undefined where none was under way, or it failed
   */
  conclude(): Promise<ConcludedTraining | undefined>;
  /**
   * Ends a training whose challenger was to be held against a model that is in force no more; the next one need not begin
   * from new weights.
   */
  abandon(why: string): Promise<void>;
  /** Ends the training under way; none runs from then on. */
  stop(): Promise<void>;
  /** Leaves a customer out of what a snapshot holds of the training under way. */
  forget(customerId: string): void;
  readonly outcomes: readonly TrainingOutcome[];
  snapshot(): TrainingsSnapshot;
}

/** Plain data and typed arrays. */
export interface TrainingsSnapshot {
  readonly trainings: number;
  /** The training under way: begun again from here after a restart, with the same outcome. */
  readonly underWay: PendingJob | null;
  readonly outcomes: readonly TrainingOutcome[];
  /** Whether the next training was asked to begin from new weights. */
  readonly freshAsked: boolean;
}

/** What of the trainer they work on. */
export interface TrainingsContext {
  readonly position: TrainerPosition;
  readonly reservoir: Reservoir;
  readonly schedule: RetrainSchedule;
  readonly watch: Pick<BehaviourWatch, 'since' | 'fittedSince'>;
  readonly segments: SegmentsInForce;
  readonly life: ModelLife;
}

export function createTrainings(
  settings: TrainerSettings,
  parts: Pick<TrainerParts, 'train' | 'onProgress' | 'onFailure' | 'initialModel'>,
  { position, reservoir, schedule, watch, segments, life }: TrainingsContext,
  from?: TrainingsSnapshot,
): Trainings {
  const underWay = createTrainingUnderWay(settings, parts, from?.underWay && ofSettings(from.underWay, settings));
  const outcomes: TrainingOutcome[] = [...(from?.outcomes ?? [])];
  let trainings = from?.trainings ?? parts.initialModel?.number ?? 0;
  let freshAsked = from?.freshAsked ?? false;

  function start(reasons: readonly string[]): void {
    const sampled = reservoir.snapshot();
    const { since } = watch;
    const fittedTo = since === undefined ? sampled.starts.length : rowsSince(sampled, since).length;
    const refit = schedule.isRefitEnough(fittedTo);
    schedule.started(reasons, fittedTo < reservoir.capacity ? fittedTo : undefined, refit);
    trainings++;
    const fresh = freshAsked || (!refit && trainings % settings.freshEvery === 0);
    freshAsked = false;
    begin(sampled, { number: trainings, reasons, fresh, ...(refit && !fresh && { refit }) });
  }

  function startProvisional(): void {
    const reasons = [`provisional: ${position.windows} windows`];
    begin(reservoir.snapshot(), { number: PROVISIONAL_NUMBER, reasons, fresh: true });
  }

  function begin(
    sampled: ReservoirSnapshot,
    { number, reasons, fresh, refit }: Pick<TrainingJob, 'number' | 'reasons' | 'fresh' | 'refit'>,
  ): void {
    const { since, fittedSince } = watch;
    underWay.begin({
      job: {
        number,
        reasons,
        seed: settings.seed + number,
        settings: settings.model,
        reservoir: sampled,
        champion: position.champion,
        fresh,
        ...(refit && { refit }),
        ...(since !== undefined && { since }),
        ...(fittedSince !== undefined && { championSince: fittedSince }),
        nextSegmentNumber: position.nextSegmentNumber,
        formerProfiles: segments.profiles(),
      },
      atWindow: position.windows,
    });
  }

  /** Once, whatever comes of it; the schedule of fits knows nothing of it. */
  function isProvisionalDue(): boolean {
    const { provisionalFit } = settings;
    const { windows, champion } = position;
    if (provisionalFit === undefined || windows < provisionalFit || champion !== undefined) return false;
    // Windows are counted by statistics; the samples of them may still be on their way.
    if (reservoir.length < Math.min(provisionalFit, reservoir.capacity) / 2) return false;
    return trainings === 0 && !outcomes.some(({ modelVersion }) => isProvisional(modelVersion));
  }

  async function tell(outcome: TrainingOutcome, { champion }: TrainingJob, result?: TrainingResult): Promise<void> {
    outcomes.push(outcome);
    const parent = champion?.clusterModel.modelVersion ?? null;
    await life.concluded(outcome, parent, toLifeMoment(position), result);
  }

  /** The champion serves on; without one, the stream warms on until the next fit. */
  async function concludeFailed({ job, atWindow }: PendingJob, error: SegtideError): Promise<void> {
    if (isScheduled(job)) {
      schedule.finished(false);
      // What died of outside causes is tried again as soon as a training may start.
      if (error.retriable) schedule.request('the training before this one died');
    }
    const outcome = toFailedOutcome(job, atWindow, error, position.champion !== undefined);
    await tell(outcome, job);
    parts.onFailure?.(outcome);
  }

  return {
    get isUnderWay() {
      return underWay.pending !== undefined;
    },
    get learnsSince() {
      return underWay.pending?.job.since;
    },
    get isDue() {
      if (underWay.pending === undefined) return false;
      if (settings.swapAfterWindows === undefined) return underWay.isSettled;
      const { job, atWindow } = underWay.pending;
      // A stream that can wait does so for a provisional model, which it has only to be early.
      return position.windows >= atWindow + (isScheduled(job) ? settings.swapAfterWindows : 0);
    },
    askFresh() {
      freshAsked = true;
    },
    async startDue() {
      if (underWay.pending !== undefined) return;
      const reasons = schedule.due();
      if (reasons === undefined && !isProvisionalDue()) return;
      // Copying a full reservoir for its process takes some 30 ms: it gets a turn of the event loop to itself.
      await nextTurn();
      if (reasons === undefined) startProvisional();
      else start(reasons);
      await nextTurn();
    },
    startAtEnd() {
      const reasons = schedule.dueAtEnd();
      if (reasons !== undefined) start(reasons);
    },
    async conclude() {
      const ended = await underWay.end();
      if (ended === undefined) return undefined;
      const { atWindow, result } = ended;
      if (result instanceof SegtideError) {
        await concludeFailed(ended, result);
        return undefined;
      }
      const { found } = result;
      const job = found === undefined ? ended.job : { ...ended.job, since: found.since };
      const isNew = job.since !== undefined && result.isSound;
      if (isScheduled(job)) schedule.finished(result.promoted, isNew, found?.windows);
      await tell(toTrainingOutcome(job, atWindow, result), job, result);
      return { job, result };
    },
    async abandon(why) {
      freshAsked = false;
      const ended = await underWay.abandon();
      if (ended === undefined) return;
      const { job, atWindow } = ended;
      if (isScheduled(job)) schedule.finished(false);
      await tell(toEndedOutcome(job, atWindow, why), job);
    },
    stop: underWay.stop,
    forget: underWay.forget,
    outcomes,
    snapshot: () => ({ trainings, underWay: underWay.pending ?? null, outcomes: [...outcomes], freshAsked }),
  };
}

/** A snapshot may come from elsewhere: which modules of plug-ins are run is for the settings here to say. */
function ofSettings({ job, atWindow }: PendingJob, { model }: TrainerSettings): PendingJob {
  return { job: { ...job, settings: model }, atWindow };
}

/** Whether it is one of the schedule's. */
function isScheduled({ number }: TrainingJob): boolean {
  return number !== PROVISIONAL_NUMBER;
}

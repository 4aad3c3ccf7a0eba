import { SegtideError } from '../errors.js';
import { withoutCustomer } from '../train/reservoir-snapshot.js';
import { startTraining, type Training } from '../train/start-training.js';
import { isStopped, stoppedTraining } from '../train/stopped-training.js';
import type { TrainingJob, TrainingResult } from '../train/training-job.js';
import type { TrainerParts } from './trainer-parts.js';
import type { TrainerSettings } from './trainer-settings.js';

/** A training that was begun, as a snapshot holds it. */
export interface PendingJob {
  readonly job: TrainingJob;
  /** Windows seen when it began. */
  readonly atWindow: number;
}

/** A training that has ended by itself: with a model, or failed. */
export interface EndedTraining extends PendingJob {
  readonly result: TrainingResult | SegtideError;
}

/** The one training that may run at a time, in a process of its own. */
export interface TrainingUnderWay {
  readonly pending: PendingJob | undefined;
  /** Whether it has ended, and waits to be concluded. */
  readonly isSettled: boolean;
  begin(pending: PendingJob): void;
  /**
   * Waits for its end, after which none is under way; undefined where none was.
   *
   * @throws SegtideError `aborted` where it was stopped; it then stays under way
   */
  end(): Promise<EndedTraining | undefined>;
  /** Ends it without a result, so that none is under way; undefined where none was. */
  abandon(): Promise<PendingJob | undefined>;
  /** Ends its process for good: it stays under way, so that a snapshot has it begun again; none runs from then on. */
  stop(): Promise<void>;
  /** Leaves a customer out of what a snapshot holds of it. */
  forget(customerId: string): void;
}

/** @param from a training to begin again */
export function createTrainingUnderWay(
  { swapAfterWindows, maxTrainingMs }: Pick<TrainerSettings, 'swapAfterWindows' | 'maxTrainingMs'>,
  { train = startTraining, onProgress }: Pick<TrainerParts, 'train' | 'onProgress'>,
  from?: PendingJob | null,
): TrainingUnderWay {
  let current: Running | undefined;
  let stopped = false;
  if (from != null) begin(from);

  function begin(pending: PendingJob): void {
    const training = stopped
      ? stoppedTraining()
      : train(pending.job, {
          onProgress: (progress) => onProgress?.(pending.job.number, progress),
          // The stream goes first, unless it waits for the model.
          background: swapAfterWindows !== 0,
          maxMs: maxTrainingMs,
        });
    const started: Running = { pending, training, settled: false };
    current = started;
    const settle = (): void => {
      started.settled = true;
    };
    training.result.then(settle, (error: unknown) => {
      if (!isStopped(error)) settle();
    });
  }

  return {
    get pending() {
      return current?.pending;
    },
    get isSettled() {
      return current?.settled === true;
    },
    begin,
    async end() {
      if (current === undefined) return undefined;
      const result = await current.training.result.catch(toFailure);
      const { pending } = current;
      current = undefined;
      return { ...pending, result };
    },
    async abandon() {
      if (current === undefined) return undefined;
      const { pending, training } = current;
      current = undefined;
      await training.stop();
      return pending;
    },
    async stop() {
      stopped = true;
      await current?.training.stop();
    },
    forget(customerId) {
      if (current === undefined) return;
      const { job, atWindow } = current.pending;
      current.pending = { job: { ...job, reservoir: withoutCustomer(job.reservoir, customerId) }, atWindow };
    },
  };
}

interface Running {
  /** With its sample as a snapshot may hold it. */
  pending: PendingJob;
  readonly training: Training;
  settled: boolean;
}

/** A failed training is an outcome like others; one that was stopped is none. */
function toFailure(error: unknown): SegtideError {
  if (error instanceof SegtideError && error.code === 'encoder') return error;
  throw error;
}

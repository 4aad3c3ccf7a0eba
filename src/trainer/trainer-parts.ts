import type { DriftReport } from '../drift/drift-report.js';
import type { SegtideError } from '../errors.js';
import type { Clock, Sink } from '../ports.js';
import type { ModelEventRecord } from '../publish/model-event.js';
import type { SegmentRecord } from '../publish/segment-record.js';
import type { AdoptedModel } from '../train/adopt-model.js';
import type { ModelRecord } from '../train/model-record.js';
import type { ModelRegistry } from '../train/model-registry.js';
import type { StartTrainingOptions, Training } from '../train/start-training.js';
import type { TrainingJob } from '../train/training-job.js';
import type { TrainingOutcome } from '../train/training-outcome.js';
import type { TrainingProgress } from '../train/training-progress.js';

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
  /** Told of each drift statistic of the user's own that a round of reports is without. */
  readonly onStatisticFailure?: ((error: SegtideError, statistic: string) => void) | undefined;
  /** Told once of more labels than are told apart. */
  readonly onTooManyLabels?: ((text: string) => void) | undefined;
  /** A model that the workers have in force from the start. @default none */
  readonly initialModel?: AdoptedModel | undefined;
  /** Live: centroids move after so long, too, however few windows taught. @default after `epochWindows` alone */
  readonly epochs?: { readonly everyMs: number; readonly clock: Clock } | undefined;
}

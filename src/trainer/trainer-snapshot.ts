import type { SegmentRecord } from '../publish/segment-record.js';
import type { ReservoirSnapshot } from '../train/reservoir.js';
import type { RetrainScheduleSnapshot } from '../train/retrain-schedule.js';
import type { Champion } from '../train/training-job.js';
import type { BehaviourWatchSnapshot } from './behaviour-watch.js';
import type { CentroidEpochsSnapshot } from './centroid-epochs.js';
import type { LabelAgreementSnapshot } from './label-agreement.js';
import type { ModelLifeSnapshot } from './model-life.js';
import type { TrainingsSnapshot } from './trainings.js';

/** All that a trainer knows: plain data and typed arrays. What its parts know lies side by side in it. */
export interface TrainerSnapshot extends TrainingsSnapshot, BehaviourWatchSnapshot, CentroidEpochsSnapshot {
  readonly windows: number;
  /** Latest window end, epoch ms. */
  readonly now: number;
  readonly nextSegmentNumber: number;
  readonly reservoir: ReservoirSnapshot;
  readonly schedule: RetrainScheduleSnapshot;
  readonly champion: Champion | null;
  readonly segments: readonly SegmentRecord[];
  /** What people call segments, by id. */
  readonly segmentNames: Readonly<Record<string, string>>;
  readonly life: ModelLifeSnapshot;
  /** Absent where no window was ever labelled. */
  readonly labels?: LabelAgreementSnapshot;
}

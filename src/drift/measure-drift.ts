import type { ClusterModel } from '../cluster/cluster-model.js';
import type { DriftObservation } from './drift-observation.js';
import type { DriftLayer, DriftSettings, DriftThresholds } from './drift-settings.js';
import { measureAssignment } from './measure-assignment.js';
import { measureEmbedding } from './measure-embedding.js';
import { measureInput } from './measure-input.js';
import { withinRise } from './within-segment.js';

/** One value to hold against a threshold. */
export interface DriftMeasure {
  readonly layer: DriftLayer;
  readonly subject: string;
  readonly statistic: keyof DriftThresholds;
  readonly value: number;
  readonly pValue: number | null;
  /** Largest p-value that counts, where the test has a level of its own. */
  readonly level?: number;
  /** Epoch ms since when, where the statistic tells. @default the begin of the windows compared */
  readonly since?: number;
}

/** Windows and the centroids that go with them. */
export interface DriftSide {
  readonly observation: DriftObservation;
  readonly model: ClusterModel;
}

/** Subject of what is said of a layer as a whole. */
export const ALL = 'all';

/** Every statistic of every subject between a reference and now, under one model version. */
export function measureDrift(
  reference: DriftSide,
  current: DriftSide,
  settings: DriftSettings,
): readonly DriftMeasure[] {
  const [before, after] = [reference.observation, current.observation];
  return [
    ...measureInput(before, after, settings.channels),
    ...measureEmbedding(reference, current, settings.thresholds),
    ...measureAssignment(before, after, reference.model.segmentIds),
    ...measureModel(before, after),
  ];
}

/** The reconstruction error within segments: customers who move to a segment that is hard to describe are no drift of the model. */
function measureModel(before: DriftObservation, after: DriftObservation): readonly DriftMeasure[] {
  if (before.reconstructionErrors.count === 0 || after.reconstructionErrors.count === 0) return [];
  const rise = withinRise(before.moments, after.moments, before.moments.columns - 1);
  return [{ layer: 'model', subject: ALL, statistic: 'reconstructionError', ...rise }];
}

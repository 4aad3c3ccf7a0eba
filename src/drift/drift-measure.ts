import type { ClusterModel } from '../cluster/cluster-model.js';
import type { DriftObservation } from './drift-observation.js';
import type { DriftLayer } from './drift-settings.js';

/** One value to hold against a threshold. */
export interface DriftMeasure {
  readonly layer: DriftLayer;
  readonly subject: string;
  /** One of `DriftThresholds`, or the name of a plug-in. */
  readonly statistic: string;
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

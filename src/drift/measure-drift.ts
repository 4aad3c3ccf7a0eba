import type { ClusterModel } from '../cluster/cluster-model.js';
import { countsByCuts, equalShareCuts } from '../numeric/histogram.js';
import { centroidShift, centroidShifts } from './centroid-shift.js';
import type { DriftObservation } from './drift-observation.js';
import type { DriftLayer, DriftSettings, DriftThresholds } from './drift-settings.js';
import { histogramKolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { meanShift } from './mean-shift.js';
import { psi, psiTerms } from './psi.js';

/** One value to hold against a threshold. */
export interface DriftMeasure {
  readonly layer: DriftLayer;
  readonly subject: string;
  readonly statistic: keyof DriftThresholds;
  readonly value: number;
  readonly pValue: number | null;
}

/** Windows and the centroids that go with them. */
export interface DriftSide {
  readonly observation: DriftObservation;
  readonly model: ClusterModel;
}

/** Groups of about equal share of the reference over which a channel's PSI is taken. */
const PSI_GROUPS = 10;

/**
 * Every statistic of every subject between a reference and now, under one model version: each channel (PSI, KS), the
 * centroids and distances, the segments' shares with each segment's own part, and the reconstruction error.
 */
export function measureDrift(
  reference: DriftSide,
  current: DriftSide,
  settings: DriftSettings,
): readonly DriftMeasure[] {
  const before = reference.observation;
  const after = current.observation;
  const measures: DriftMeasure[] = [];
  const add = (
    layer: DriftLayer,
    subject: string,
    statistic: keyof DriftThresholds,
    value: number,
    pValue: number | null = null,
  ): void => {
    measures.push({ layer, subject, statistic, value, pValue });
  };

  for (const [c, channel] of settings.channels.entries()) {
    const [a, b] = [before.channels[c]!, after.channels[c]!];
    const cuts = equalShareCuts(a, PSI_GROUPS);
    add('input', channel, 'psi', psi(countsByCuts(a, cuts), countsByCuts(b, cuts)));
    const ks = histogramKolmogorovSmirnov(a, b);
    add('input', channel, 'ks', ks.statistic, ks.pValue);
  }

  add('embedding', ALL, 'centroidShift', centroidShift(reference.model, current.model));
  const shifts = centroidShifts(reference.model, current.model);
  for (const [j, segmentId] of reference.model.segmentIds.entries()) {
    add('embedding', segmentId, 'centroidShift', shifts[j]!);
  }
  const distances = histogramKolmogorovSmirnov(before.distances, after.distances);
  add('embedding', ALL, 'distance', meanShift(before.distances, after.distances), distances.pValue);

  add('assignment', ALL, 'psi', psi(before.segmentCounts, after.segmentCounts));
  const terms = psiTerms(before.segmentCounts, after.segmentCounts);
  for (const [j, segmentId] of reference.model.segmentIds.entries()) add('assignment', segmentId, 'psi', terms[j]!);

  if (before.reconstructionErrors.count > 0 && after.reconstructionErrors.count > 0) {
    const errors = histogramKolmogorovSmirnov(before.reconstructionErrors, after.reconstructionErrors);
    const rise = meanShift(before.reconstructionErrors, after.reconstructionErrors);
    add('model', ALL, 'reconstructionError', rise, errors.pValue);
  }
  return measures;
}

const ALL = 'all';

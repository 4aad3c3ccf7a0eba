import { ALL, type DriftMeasure, type DriftSide } from './drift-measure.js';
import type { DriftObservation } from './drift-observation.js';
import type { DriftSettings } from './drift-settings.js';
import { measureAssignment } from './measure-assignment.js';
import { measureEmbedding } from './measure-embedding.js';
import { measureInput } from './measure-input.js';
import { withinRise } from './within-segment.js';

/**
 * Every statistic of every subject between a reference and now, under one model version.
 *
 * @param inflation variance of each mean in that of as many independent windows, by column of the moments
 */
export function measureDrift(
  reference: DriftSide,
  current: DriftSide,
  settings: DriftSettings,
  inflation: Float64Array | undefined,
): readonly DriftMeasure[] {
  const [before, after] = [reference.observation, current.observation];
  return [
    ...measureInput(before, after, settings.channels),
    ...measureEmbedding(reference, current, settings.thresholds, inflation),
    ...measureAssignment(before, after, reference.model.segmentIds),
    ...measureModel(before, after, inflation),
  ];
}

/** The reconstruction error within segments: customers who move to a segment that is hard to describe are no drift of the model. */
function measureModel(
  before: DriftObservation,
  after: DriftObservation,
  inflation: Float64Array | undefined,
): readonly DriftMeasure[] {
  if (before.reconstructionErrors.count === 0 || after.reconstructionErrors.count === 0) return [];
  const column = before.moments.columns - 1;
  const rise = withinRise(before.moments, after.moments, column, inflation?.[column]);
  return [{ layer: 'model', subject: ALL, statistic: 'reconstructionError', ...rise }];
}

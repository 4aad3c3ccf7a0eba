import { createRandom } from '../numeric/random.js';
import { centroidShift, centroidShifts } from './centroid-shift.js';
import { ALL, type DriftMeasure, type DriftSide } from './drift-measure.js';
import type { DriftThresholds } from './drift-settings.js';
import { dimensionName } from './drift-subjects.js';
import type { EmbeddingSample } from './embedding-sample.js';
import { histogramKolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { type MmdSample, mmd } from './mmd.js';
import { shareAdjusted } from './share-adjusted.js';
import { withinMeanShift, withinRise } from './within-segment.js';

/**
 * Where windows lie: each statistic leaves out what the shares of segments explain, so that customers who move from
 * one known segment to another are no drift here.
 */
export function measureEmbedding(
  reference: DriftSide,
  current: DriftSide,
  thresholds: Required<DriftThresholds>,
  inflation: Float64Array | undefined,
): readonly DriftMeasure[] {
  const layer = 'embedding';
  const [before, after] = [reference.observation, current.observation];
  const size = before.dimensions.length;
  const shifts = centroidShifts(reference.model, current.model);
  const discrepancy = mmd(toMmdSample(before.sample), toMmdSample(after.sample), size, {
    below: createRandom(RELABELLING_SEED).below,
    permutations: RELABELLINGS,
    testFrom: thresholds.mmd,
  });
  return [
    {
      layer,
      subject: ALL,
      statistic: 'centroidShift',
      value: centroidShift(reference.model, current.model),
      pValue: null,
    },
    ...reference.model.segmentIds.map(
      (subject, j): DriftMeasure => ({
        layer,
        subject,
        statistic: 'centroidShift',
        value: shifts[j]!,
        pValue: null,
      }),
    ),
    {
      layer,
      subject: ALL,
      statistic: 'distance',
      ...withinRise(before.moments, after.moments, size, inflation?.[size]),
    },
    {
      layer,
      subject: ALL,
      statistic: 'mmd',
      value: discrepancy.statistic,
      pValue: discrepancy.pValue,
      level: 1 / (RELABELLINGS + 1),
    },
    ...Array.from({ length: size }, (_, m): readonly DriftMeasure[] => {
      const subject = dimensionName(m);
      const ks = histogramKolmogorovSmirnov(shareAdjusted(before, after.segmentCounts, m), after.dimensions[m]!);
      return [
        { layer, subject, statistic: 'ks', value: ks.statistic, pValue: ks.pValue },
        {
          layer,
          subject,
          statistic: 'meanShift',
          ...withinMeanShift(before.moments, after.moments, m, inflation?.[m]),
        },
      ];
    }).flat(),
  ];
}

const RELABELLINGS = 100;
/** Any number: the test of the same samples is to give the same p-value. */
const RELABELLING_SEED = 7;

function toMmdSample({ embeddings, segments }: EmbeddingSample): MmdSample {
  return { rows: embeddings, strata: segments };
}

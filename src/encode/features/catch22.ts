import { SegtideError } from '../../errors.js';
import { decayLag, firstMinimum, informationLag } from './autocorrelation-scale.js';
import { CATCH22_FEATURES, MOMENT_FEATURES } from './catch22-features.js';
import { distributionMode } from './distribution-mode.js';
import { createEmbeddingDistances } from './embedding-distances.js';
import { createEvenBins } from './even-bins.js';
import { createFluctuationScale } from './fluctuation-scale.js';
import { createWhitening, forecastError } from './forecast-error.js';
import { createLaggedInformation } from './lagged-information.js';
import { createOutlierTiming } from './outlier-timing.js';
import { createPeriodicity } from './periodicity.js';
import { createScoredSeries, type ScoredSeries } from './scored-series.js';
import { createSpectrumSummary } from './spectrum-summary.js';
import { irreversibility, longestAboveMean, longestFall, notableChanges } from './step-changes.js';
import { createSymbolPairs } from './symbol-pairs.js';
import { undefinedBounds } from './undefined-bounds.js';

export interface Catch22Options {
  /** Of a series; from 2 on. */
  readonly steps: number;
  readonly channels: number;
  /** Whether mean and standard deviation follow the 22 (catch24). @default false */
  readonly moments?: boolean;
  /**
   * What stands for a feature that a series does not define, as all of a constant one: 0, or the end of the feature's
   * range that pycatch22 puts there. @default 'zero'
   */
  readonly undefinedAs?: 'zero' | 'bound';
}

/** The catch22 features of series of one shape. */
export interface Catch22 {
  /** Of one channel, in the order of their values. */
  readonly names: readonly string[];
  /**
   * Writes the features of each channel of each series: (batch, steps, channels) → (batch, channels, features). All are
   * finite, whatever the series; a row is the same in every batch, and nothing is allocated for it.
   *
   * @param undefinedFeatures (batch, channels) receives how many of the 22 the channel does not define: 22 where it is
   *   constant or holds a cell that is not finite
   */
  transform(
    values: Float32Array | Float64Array,
    length: number,
    out: Float32Array | Float64Array,
    undefinedFeatures?: Uint8Array,
  ): void;
}

/**
 * Plans the 22 canonical time-series characteristics of Lubba et al. (2019, doi:10.1007/s10618-019-00647-x) for one
 * shape: what a series does over time, as 22 numbers that shifting and scaling it do not change. docs/features.md says
 * what each of them tells. The values are those of pycatch22 1.0, computed in double precision.
 *
 * @throws SegtideError `config` when the shape has fewer than two steps or no channel
 *
 * @example
 * const catch22 = createCatch22({ steps: 24, channels: 1 });
 * const features = new Float32Array(length * catch22.names.length);
 * catch22.transform(series.values, length, features);
 */
export function createCatch22({ steps, channels, moments = false, undefinedAs = 'zero' }: Catch22Options): Catch22 {
  if (!Number.isInteger(steps) || steps < 2 || !Number.isInteger(channels) || channels < 1) {
    const text = `catch22 needs series of two steps or more in one channel or more, got ${steps} x ${channels}.`;
    throw new SegtideError('config', text);
  }
  const names = moments ? [...CATCH22_FEATURES, ...MOMENT_FEATURES] : CATCH22_FEATURES;
  const bounds = undefinedAs === 'bound' ? undefinedBounds(steps) : new Float64Array(CATCH22_FEATURES.length);
  const series = createScoredSeries(steps);
  const measure = createMeasures(steps);
  const measured = new Float64Array(CATCH22_FEATURES.length);

  return {
    names,
    transform: (values, length, out, undefinedFeatures) => {
      for (let row = 0, at = 0; row < length; row++) {
        for (let channel = 0; channel < channels; channel++, at += names.length) {
          if (series.load(values, row * steps * channels + channel, channels)) measure(series, measured);
          else measured.fill(Number.NaN);
          let missing = 0;
          for (let i = 0; i < measured.length; i++) {
            const isDefined = Number.isFinite(measured[i]!);
            if (!isDefined) missing++;
            out[at + i] = isDefined ? measured[i]! : bounds[i]!;
          }
          if (undefinedFeatures !== undefined) undefinedFeatures[row * channels + channel] = missing;
          if (moments) {
            out[at + measured.length] = Number.isFinite(series.mean) ? series.mean : 0;
            out[at + measured.length + 1] = Number.isFinite(series.deviation) ? series.deviation : 0;
          }
        }
      }
    },
  };
}

/** A function that writes the 22, NaN where the series does not define one, in the order of `CATCH22_FEATURES`. */
function createMeasures(steps: number): (series: ScoredSeries, out: Float64Array) => void {
  const fiveBins = createEvenBins(steps, 5);
  const tenBins = createEvenBins(steps, 10);
  const outlierTiming = createOutlierTiming(steps);
  const spectrum = createSpectrumSummary(steps);
  const whitening = createWhitening(steps);
  const symbolPairs = createSymbolPairs(steps);
  const laggedInformation = createLaggedInformation(steps, 5);
  const periodicity = createPeriodicity(steps);
  const embeddingDistances = createEmbeddingDistances(steps);
  const rescaledRange = createFluctuationScale(steps, 'range');
  const detrendedFluctuation = createFluctuationScale(steps, 'squares');

  return (series, out) => {
    const { values, order } = series;
    const least = values[order[0]!]!;
    const most = values[order[steps - 1]!]!;
    fiveBins.load(values, least, most);
    tenBins.load(values, least, most);
    spectrum.load(series);
    out[0] = distributionMode(fiveBins);
    out[1] = distributionMode(tenBins);
    out[2] = outlierTiming(series, 1);
    out[3] = outlierTiming(series, -1);
    out[4] = decayLag(series);
    out[5] = firstMinimum(series);
    out[6] = spectrum.lowPower();
    out[7] = spectrum.medianFrequency();
    out[8] = forecastError(series);
    out[9] = whitening(series);
    out[10] = notableChanges(series);
    out[11] = longestAboveMean(series);
    out[12] = longestFall(series);
    out[13] = symbolPairs.pairEntropy(series);
    out[14] = laggedInformation(fiveBins);
    out[15] = irreversibility(series);
    out[16] = informationLag(series);
    out[17] = symbolPairs.transitionVariance(series);
    out[18] = periodicity(series);
    out[19] = embeddingDistances(series);
    out[20] = rescaledRange(series);
    out[21] = detrendedFluctuation(series);
  };
}

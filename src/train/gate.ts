import { SegtideError } from '../errors.js';
import type { SegmentChange } from './compare-segments.js';

/** What a model achieves on the held-out windows. */
export interface HeldOutMetrics {
  /** Mean reconstruction error per cell, in scaled units; undefined where the encoder can't reconstruct. */
  readonly reconstructionError: number | undefined;
  /** Latent dimensions that carry information; undefined where the encoder has no latents. */
  readonly activeUnits: number | undefined;
  /** In [-1, 1]. */
  readonly silhouette: number;
  /**
   * Part of a window's nearest neighbours by all views that the embedding keeps near, in [0, 1]; undefined where the
   * embedding is the latents.
   */
  readonly agreement?: number | undefined;
}

/** What a model's segments rest on: its latents, or views of windows alone. */
export type SegmentBasis = 'latents' | 'views';

export interface GateOptions {
  /**
   * Least rise of silhouette or agreement, or, where segments rest on the latents, relative fall of the error, that counts
   * as a gain. @default 0.01
   */
  readonly minGain?: number;
  /**
   * Most that the error may rise, relative to the champion's, where segments rest on the latents. Where they rest on
   * views alone it is told and not judged: no segment hangs on it, and alerts measure each model by its own errors.
   * @default 0.05
   */
  readonly maxErrorRise?: number;
  /** Most that the silhouette may fall below the champion's. @default 0.05 */
  readonly maxSilhouetteFall?: number;
  /** Most that the agreement of neighbourhoods may fall below the champion's. @default 0.05 */
  readonly maxAgreementFall?: number;
  /** Least number of latent dimensions that carry information, where the embedding is made of them. @default 1 */
  readonly minActiveUnits?: number;
  /** Largest share of windows whose segment id may change. @default 0.5 */
  readonly maxChurn?: number;
  /** Largest change of a segment's share. @default 0.3 */
  readonly maxSizeShift?: number;
}

export type GateSettings = Required<GateOptions>;

/** All that was compared, whether it passed or not; null where it does not apply. */
export interface GateValues {
  readonly championReconstructionError: number | null;
  readonly challengerReconstructionError: number | null;
  /** Relative fall of the error; positive is better. */
  readonly reconstructionGain: number | null;
  readonly championActiveUnits: number | null;
  readonly challengerActiveUnits: number | null;
  readonly championSilhouette: number | null;
  readonly challengerSilhouette: number;
  /** Rise of the silhouette; positive is better. */
  readonly silhouetteGain: number | null;
  readonly championAgreement: number | null;
  readonly challengerAgreement: number | null;
  /** Rise of the agreement; positive is better. */
  readonly agreementGain: number | null;
  readonly churn: number | null;
  readonly largestSizeShift: number | null;
}

export interface GateDecision {
  readonly promoted: boolean;
  /** In words: what spoke against the challenger, or what it gained. */
  readonly reasons: readonly string[];
  readonly values: GateValues;
}

export interface GateContext {
  /** Why the challenger is not sound, whatever it achieves. @default none */
  readonly objection?: string | undefined;
  /** What the challenger's segments rest on. @default 'latents' */
  readonly basis?: SegmentBasis;
}

/** @throws SegtideError `config` when a limit is out of range. */
export function resolveGateOptions(options: GateOptions = {}): GateSettings {
  const settings: GateSettings = {
    minGain: options.minGain ?? 0.01,
    maxErrorRise: options.maxErrorRise ?? 0.05,
    maxSilhouetteFall: options.maxSilhouetteFall ?? 0.05,
    maxAgreementFall: options.maxAgreementFall ?? 0.05,
    minActiveUnits: options.minActiveUnits ?? 1,
    maxChurn: options.maxChurn ?? 0.5,
    maxSizeShift: options.maxSizeShift ?? 0.3,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!(value >= 0)) throw new SegtideError('config', `gate \`${name}\` must not be negative; got ${value}`);
  }
  return settings;
}

/**
 * Decides whether a challenger takes over: it must be sound, must not disturb the segments more than allowed, and must
 * be better than the champion at something. Without a champion, being sound is enough.
 *
 * Where segments rest on views alone, active units and the reconstruction error speak neither for nor against a
 * challenger: what is published of it, segments and where windows lie, does not hang on them.
 *
 * @param champion its metrics on the same held-out windows; undefined for the first model
 * @param change between the two on the same windows; undefined for the first model
 */
export function gate(
  champion: HeldOutMetrics | undefined,
  challenger: HeldOutMetrics,
  change: SegmentChange | undefined,
  settings: GateSettings,
  { objection, basis = 'latents' }: GateContext = {},
): GateDecision {
  const values = toValues(champion, challenger, change);
  const against = objection === undefined ? objections(values, settings, basis) : [objection];
  if (against.length > 0) return { promoted: false, reasons: against, values };
  if (champion === undefined) return { promoted: true, reasons: ['sound, with no model to compare it with'], values };

  const gains: string[] = [];
  const { reconstructionGain, silhouetteGain, agreementGain } = values;
  if (basis === 'latents' && reconstructionGain !== null && reconstructionGain >= settings.minGain) {
    gains.push(`held-out reconstruction error ${percent(reconstructionGain)} lower`);
  }
  if (silhouetteGain !== null && silhouetteGain >= settings.minGain) {
    gains.push(`silhouette higher by ${silhouetteGain.toFixed(3)}`);
  }
  if (agreementGain !== null && agreementGain >= settings.minGain) {
    gains.push(`agreement of neighbourhoods higher by ${agreementGain.toFixed(3)}`);
  }
  if (gains.length > 0) return { promoted: true, reasons: gains, values };
  const found = [
    ...(basis === 'views' || reconstructionGain === null
      ? []
      : [
          `held-out reconstruction error ${percent(Math.abs(reconstructionGain))} ${reconstructionGain < 0 ? 'higher' : 'lower'}`,
        ]),
    `silhouette ${risen(silhouetteGain ?? 0)}`,
    ...(agreementGain === null ? [] : [`agreement of neighbourhoods ${risen(agreementGain)}`]),
  ];
  return {
    promoted: false,
    reasons: [`no gain: ${found.join(', ')}; one must be better by at least ${settings.minGain}`],
    values,
  };
}

function toValues(
  champion: HeldOutMetrics | undefined,
  challenger: HeldOutMetrics,
  change: SegmentChange | undefined,
): GateValues {
  const before = champion?.reconstructionError;
  const after = challenger.reconstructionError;
  return {
    championReconstructionError: before ?? null,
    challengerReconstructionError: after ?? null,
    reconstructionGain: before === undefined || after === undefined || before === 0 ? null : (before - after) / before,
    championActiveUnits: champion?.activeUnits ?? null,
    challengerActiveUnits: challenger.activeUnits ?? null,
    championSilhouette: champion?.silhouette ?? null,
    challengerSilhouette: challenger.silhouette,
    silhouetteGain: champion === undefined ? null : challenger.silhouette - champion.silhouette,
    championAgreement: champion?.agreement ?? null,
    challengerAgreement: challenger.agreement ?? null,
    agreementGain:
      champion?.agreement === undefined || challenger.agreement === undefined
        ? null
        : challenger.agreement - champion.agreement,
    churn: change?.churn ?? null,
    largestSizeShift: change?.largestSizeShift ?? null,
  };
}

function objections(values: GateValues, settings: GateSettings, basis: SegmentBasis): readonly string[] {
  const reasons: string[] = [];
  const error = values.challengerReconstructionError;
  if ((error !== null && !Number.isFinite(error)) || !Number.isFinite(values.challengerSilhouette)) {
    reasons.push('the challenger diverged: its held-out metrics are not finite');
    return reasons;
  }
  const units = values.challengerActiveUnits;
  if (basis === 'latents' && units !== null && units < settings.minActiveUnits) {
    const few = `only ${units} active latent units; at least ${settings.minActiveUnits} are needed`;
    reasons.push(`${few}: give more windows, or set encoder.updates higher`);
  }
  const { reconstructionGain } = values;
  if (basis === 'latents' && reconstructionGain !== null && -reconstructionGain > settings.maxErrorRise) {
    reasons.push(
      `held-out reconstruction error ${percent(-reconstructionGain)} higher; at most ${percent(settings.maxErrorRise)} is allowed`,
    );
  }
  if (values.silhouetteGain !== null && -values.silhouetteGain > settings.maxSilhouetteFall) {
    reasons.push(
      `silhouette lower by ${(-values.silhouetteGain).toFixed(3)}; at most ${settings.maxSilhouetteFall} is allowed`,
    );
  }
  if (values.agreementGain !== null && -values.agreementGain > settings.maxAgreementFall) {
    reasons.push(
      `agreement of neighbourhoods lower by ${(-values.agreementGain).toFixed(3)}; at most ${settings.maxAgreementFall} is allowed`,
    );
  }
  if (values.churn !== null && values.churn > settings.maxChurn) {
    reasons.push(
      `${percent(values.churn)} of the windows would change segment; at most ${percent(settings.maxChurn)} may`,
    );
  }
  if (values.largestSizeShift !== null && values.largestSizeShift > settings.maxSizeShift) {
    reasons.push(
      `a segment's share would change by ${percent(values.largestSizeShift)}; at most ${percent(settings.maxSizeShift)} is allowed`,
    );
  }
  return reasons;
}

function risen(gain: number): string {
  return `${gain < 0 ? 'lower' : 'higher'} by ${Math.abs(gain).toFixed(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

import type { TriedK } from '../cluster/choose-k.js';
import type { SegtideError } from '../errors.js';
import type { GateValues } from './gate.js';
import type { ViewRecord } from './model-artifact.js';
import type { TrainingJob, TrainingResult } from './training-job.js';

/** One training and what became of it. */
export interface TrainingOutcome {
  readonly modelVersion: string;
  readonly reasons: readonly string[];
  readonly promoted: boolean;
  /** It gave no model that could be judged. */
  readonly failed: boolean;
  readonly why: readonly string[];
  /** Windows seen when it began. */
  readonly atWindow: number;
  /** What the gate compared; empty where the training failed. */
  readonly values: Partial<GateValues>;
  /** What each view counts in its embedding, in order; none where it is the latents of the VRAE. */
  readonly views: readonly ViewRecord[];
  /** Numbers of segments that were tried, with what they were compared by; none where `cluster.k` is set. */
  readonly kAdvice: readonly TriedK[];
}

export function toTrainingOutcome(
  { reasons }: TrainingJob,
  atWindow: number,
  { modelVersion, promoted, why, values, views, kAdvice }: TrainingResult,
): TrainingOutcome {
  return { modelVersion, reasons, promoted, failed: false, why, atWindow, values, views, kAdvice };
}

/** A training that was ended on the way. */
export function toEndedOutcome(job: TrainingJob, atWindow: number, why: string): TrainingOutcome {
  return withoutModel(job, atWindow, `the training was ended: ${why}`);
}

/** @param serves whether there is a model in force */
export function toFailedOutcome(
  job: TrainingJob,
  atWindow: number,
  { message }: SegtideError,
  serves: boolean,
): TrainingOutcome {
  return withoutModel(job, atWindow, `the training failed: ${message}${serves ? ' The model in force stays.' : ''}`);
}

function withoutModel({ number, reasons }: TrainingJob, atWindow: number, why: string): TrainingOutcome {
  const nothing = { values: {}, views: [], kAdvice: [] };
  return { modelVersion: `v${number}`, reasons, promoted: false, failed: true, why: [why], atWindow, ...nothing };
}

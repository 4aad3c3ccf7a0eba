import type { GateValues } from '../train/gate.js';

/** Something that became of a model. Fields, units and order as in `MODEL_EVENT_SCHEMA`. */
export interface ModelEventRecord extends GateValues {
  readonly modelVersion: string;
  readonly event: 'promoted' | 'refused' | 'failed' | 'reinstated' | 'pruned' | 'declined';
  readonly previousVersion: string | null;
  readonly eventTime: number;
  readonly atWindow: number;
  readonly reasons: readonly string[];
  readonly why: readonly string[];
}

/** @param values what the gate compared; what is missing or not finite becomes null */
export function toModelEvent(
  fields: Omit<ModelEventRecord, keyof GateValues>,
  values: Partial<GateValues> = {},
): ModelEventRecord {
  const known = (name: keyof GateValues): number | null => {
    const value = values[name] ?? null;
    return Number.isFinite(value) ? value : null;
  };
  return {
    ...fields,
    ...(Object.fromEntries(GATE_VALUES.map((name) => [name, known(name)])) as unknown as GateValues),
  };
}

/** Names of all that a gate compares, in order. */
export const GATE_VALUES = [
  'championReconstructionError',
  'challengerReconstructionError',
  'reconstructionGain',
  'championActiveUnits',
  'challengerActiveUnits',
  'championSilhouette',
  'challengerSilhouette',
  'silhouetteGain',
  'championAgreement',
  'challengerAgreement',
  'agreementGain',
  'churn',
  'largestSizeShift',
] as const satisfies readonly (keyof GateValues)[];

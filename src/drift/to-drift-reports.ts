import type { DriftMeasure } from './drift-measure.js';
import type { DriftObservation } from './drift-observation.js';
import type { DriftReport } from './drift-report.js';
import type { DriftSettings } from './drift-settings.js';
import { severityOf } from './severity.js';

/** A measure with what its detector says of it. */
export interface Judged extends DriftMeasure {
  readonly threshold: number;
  readonly drifted: boolean;
  readonly driftedSince: number | null;
}

export interface DriftRound {
  /** Counts the rounds, from 1. */
  readonly round: number;
  readonly reference: DriftObservation;
  readonly current: DriftObservation;
  readonly actions: DriftSettings['actions'];
  /** An action is too recent for another one. */
  readonly suppressed: boolean;
}

/** The reports of a round, the measures' order kept; `rank` tells within each layer what drifted most. */
export function toDriftReports(
  judged: readonly Judged[],
  { round, reference, current, actions, suppressed }: DriftRound,
): readonly DriftReport[] {
  const ranks = rankSubjects(judged);
  return judged.map((entry): DriftReport => {
    const wanted = entry.drifted ? actions[entry.layer] : 'none';
    return {
      reportId: `d${round}-${entry.layer}-${entry.subject}-${entry.statistic}`,
      layer: entry.layer,
      subject: entry.subject,
      statistic: entry.statistic,
      value: entry.value,
      threshold: entry.threshold,
      pValue: entry.pValue,
      drifted: entry.drifted,
      severity: entry.drifted ? severityOf(excessOf(entry)) : 'none',
      rank: ranks.get(`${entry.layer}/${entry.subject}`)!,
      since: entry.driftedSince,
      referenceStart: reference.start,
      referenceEnd: reference.end,
      currentStart: current.start,
      currentEnd: current.end,
      nReference: reference.windows,
      nCurrent: current.windows,
      referenceModelVersion: reference.modelVersion,
      modelVersion: current.modelVersion,
      action: wanted !== 'none' && suppressed ? 'suppressed' : wanted,
    };
  });
}

/** Value over threshold: what subjects of different statistics are compared by. */
function excessOf({ value, threshold }: Judged): number {
  return value / threshold;
}

/** Rank of each subject within its layer: what drifted before what did not, by the largest excess; ties by name. */
function rankSubjects(judged: readonly Judged[]): ReadonlyMap<string, number> {
  const most = new Map<string, { readonly layer: string; readonly drifted: boolean; readonly excess: number }>();
  for (const entry of judged) {
    const key = `${entry.layer}/${entry.subject}`;
    const known = most.get(key);
    const drifted = entry.drifted || known?.drifted === true;
    const excess = Math.max(excessOf(entry), known?.excess ?? Number.NEGATIVE_INFINITY);
    most.set(key, { layer: entry.layer, drifted, excess });
  }
  const ordered = [...most].sort(
    ([a, x], [b, y]) => Number(y.drifted) - Number(x.drifted) || y.excess - x.excess || (a < b ? -1 : 1),
  );
  const ranks = new Map<string, number>();
  const perLayer = new Map<string, number>();
  for (const [key, { layer }] of ordered) {
    const rank = (perLayer.get(layer) ?? 0) + 1;
    perLayer.set(layer, rank);
    ranks.set(key, rank);
  }
  return ranks;
}

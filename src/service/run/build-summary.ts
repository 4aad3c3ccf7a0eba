import type { Segmentation } from '../../segmentation.js';
import type { TrainingOutcome } from '../../train/training-outcome.js';
import type { Config } from '../config/schema.js';
import type { ModelSummary, OutputSummary, RunIdentity, RunSummary, SegmentSummary } from '../run-summary.js';
import { drawnCurves } from '../view/api/drawn-curves.js';

export interface RunFacts {
  readonly name: string;
  readonly identity: RunIdentity;
  readonly version: string;
  readonly config: Config;
  readonly seconds: number;
  /** Events of this process, without those of the run that it resumed. */
  readonly eventsHere: number;
  readonly outputs: readonly OutputSummary[];
  readonly interrupted: boolean;
}

/** What a run did, from what its parts counted. */
export function buildSummary({ windower, trainer, publisher, scorer }: Segmentation, facts: RunFacts): RunSummary {
  const { seconds, eventsHere, ...rest } = facts;
  const { counts } = publisher;
  const { counters } = windower;
  const labels = trainer.labelScores;
  const sizes = publisher.segmentSizes();
  return {
    ...rest,
    events: windower.fates,
    eventTimes: windower.acceptedTimes,
    deadLetterReasons: counts.deadLetterReasons,
    windows: counts.windows,
    revisions: counts.revisions,
    incompleteWindows: counters.incompleteWindows,
    assignments: counts.assignments,
    transitions: counts.transitions,
    alerts: { counts: counts.alerts, top: publisher.topAlerts },
    customers: counters.customers + counters.evictedByTtl + counters.evictedByCap,
    evicted: counters.evictedByTtl + counters.evictedByCap,
    formerCustomers: countFormer(trainer, sizes),
    segments: toSegmentSummaries(trainer, sizes),
    models: trainer.outcomes.map(toModelSummary),
    drift: trainer.driftReports,
    ...(labels && { labels }),
    seconds,
    eventsPerSecond: seconds > 0 ? eventsHere / seconds : 0,
    modelVersion: scorer.modelVersion,
  };
}

function countFormer({ segments }: Segmentation['trainer'], sizes: ReadonlyMap<string, number>): number {
  const inForce = new Set(segments.map(({ segmentId }) => segmentId));
  return [...sizes].reduce((sum, [segmentId, size]) => sum + (inForce.has(segmentId) ? 0 : size), 0);
}

function toSegmentSummaries(
  { segments }: Segmentation['trainer'],
  sizes: ReadonlyMap<string, number>,
): SegmentSummary[] {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return segments
    .map((segment): SegmentSummary => {
      const { segmentId, name, level, trend, inactiveShare } = segment;
      const customers = sizes.get(segmentId) ?? 0;
      return {
        segmentId,
        name,
        share: total === 0 ? 0 : customers / total,
        customers,
        prototype: drawnCurves(segment).prototype[0] ?? [],
        level,
        trend,
        inactiveShare,
      };
    })
    .sort((a, b) => b.customers - a.customers || (a.segmentId < b.segmentId ? -1 : 1));
}

function toModelSummary({
  modelVersion,
  reasons,
  promoted,
  failed,
  why,
  atWindow,
  values,
  views,
  kAdvice,
}: TrainingOutcome): ModelSummary {
  const known = Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return {
    modelVersion,
    reason: reasons.join('; '),
    promoted,
    failed,
    why: why.join('; '),
    atWindow,
    values: Object.fromEntries(known),
    views,
    kAdvice,
  };
}

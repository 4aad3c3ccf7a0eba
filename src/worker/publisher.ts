import type { Alert, AlertKind } from '../anomaly/alert.js';
import type { AlertWatchSnapshot } from '../anomaly/alert-watch.js';
import type { MoveCause } from '../anomaly/segment-moves.js';
import type { AlertContext } from '../anomaly/to-alerts.js';
import type { DeadLetter, DeadLetterReason } from '../ingest/dead-letter.js';
import type { Clock, Sink } from '../ports.js';
import type { AssignedWindows, EmittedAt } from '../publish/assignment-record.js';
import { type EmbeddingRecord, toEmbeddingRecords } from '../publish/embedding-record.js';
import {
  createSegmentMemory,
  type SegmentedWindows,
  type SegmentHistory,
  type SegmentMemorySnapshot,
  toSegmentedWindows,
} from '../publish/segment-memory.js';
import { type PreviousVerdict, type TransitionRecord, toTransitionRecords } from '../publish/transition-record.js';
import type { LateEvent } from '../window/window-batch.js';
import { type AlertMarks, createAlerting, NO_MARKS } from './alerting.js';
import type { Page } from './pages.js';
import type { Scored, Scorer } from './scorer.js';

/** Where a worker's records go. */
export interface WorkerOutputs {
  readonly assignments: AssignmentSink;
  readonly transitions: Sink<TransitionRecord>;
  /** Left out, no records are made for it. */
  readonly embeddings?: Sink<EmbeddingRecord> | undefined;
  /** Left out, nothing is watched for it. */
  readonly alerts?: Sink<Alert> | undefined;
  readonly late: Sink<LateEvent>;
  readonly deadLetters: Sink<DeadLetter>;
}

/** Takes assignments as columns, since they are too many to be objects. */
export interface AssignmentSink {
  write(columns: AssignedWindows, emittedAt: EmittedAt): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a worker has published so far. */
export interface PublishedCounts {
  readonly windows: number;
  readonly revisions: number;
  /** Of any window so far. */
  readonly highestRevision: number;
  /** Records, those of windows without a model too. */
  readonly assignments: number;
  readonly transitions: number;
  /** Raised, without those that tell what became of one. */
  readonly alerts: Partial<Record<AlertKind, number>>;
  readonly deadLetterReasons: Partial<Record<DeadLetterReason, number>>;
}

/** What is known of a page once it is published. */
export interface Published {
  /** What `recall` needs to know of it beside its segments. */
  readonly marks: AlertMarks;
  /** What each window's customer was before it; undefined where windows were assigned by no model. */
  readonly history: SegmentHistory | undefined;
}

export interface Publisher {
  readonly counts: PublishedCounts;
  /** Customers by the segment of their latest window. */
  segmentSizes(): ReadonlyMap<string, number>;
  publish(page: Page, scored: Scored): Promise<Published>;
  /** The most telling alerts so far, the first of each of the highest scores. */
  readonly topAlerts: readonly Alert[];
  /**
   * Takes note of a page that was published before a restart, without publishing it.
   *
   * @param segmented what was said of its windows; undefined where there was no model
   * @param marks as `publish` answered
   */
  recall(page: Page, segmented: SegmentedWindows | undefined, marks: AlertMarks): void;
  snapshot(): PublisherSnapshot;
}

export interface PublisherSnapshot {
  readonly memory: SegmentMemorySnapshot;
  readonly counts: PublishedCounts;
  /** Null where nothing is watched for. */
  readonly alerts: AlertWatchSnapshot | null;
  readonly topAlerts: readonly Alert[];
}

export interface PublisherOptions {
  /** The wall clock of a live run; absent in a replay, where a record's time is the end of its window. */
  readonly clock?: Clock | undefined;
  /** How alerts are raised and told. @default none are */
  readonly alerts?: AlertContext | undefined;
}

/** Writes what becomes of a page: assignments, changes of segment, embeddings, alerts, late events and dead letters, in the order of the input. */
export function createPublisher(
  outputs: WorkerOutputs,
  scorer: Scorer,
  { clock, alerts: context }: PublisherOptions = {},
  from?: PublisherSnapshot,
): Publisher {
  const memory = createSegmentMemory(from?.memory);
  const alerting =
    context === undefined || outputs.alerts === undefined
      ? undefined
      : createAlerting(context, outputs.alerts, from?.alerts ?? undefined, from?.topAlerts);
  const counts = {
    windows: 0,
    revisions: 0,
    highestRevision: 0,
    assignments: 0,
    transitions: 0,
    ...from?.counts,
    alerts: { ...from?.counts.alerts },
    deadLetterReasons: { ...from?.counts.deadLetterReasons },
  };

  async function writeDeadLetters(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    await outputs.deadLetters.write(letters);
  }

  function countPage({ windows, deadLetters }: Page): void {
    for (const { reason } of [...deadLetters, ...windows.quarantined]) {
      counts.deadLetterReasons[reason] = (counts.deadLetterReasons[reason] ?? 0) + 1;
    }
    for (let i = 0; i < windows.length; i++) {
      counts.highestRevision = Math.max(counts.highestRevision, windows.revisions[i]!);
      if (windows.revisions[i]! > 0) counts.revisions++;
      else if (windows.finals[i] === 1) counts.windows++;
    }
    counts.assignments += windows.length;
  }

  /** Customers who left are remembered no more; one who asked to be forgotten is named nowhere. */
  function forget({ windows, forgotten }: Page): void {
    memory.forget(windows.released);
    alerting?.forget(windows.released);
    if (forgotten !== undefined) alerting?.forgetCustomer(Buffer.from(forgotten).toString());
  }

  /** Asks the model before about the rows whose segment changed with the model, or with its segments. */
  async function verdicts(
    { changed, regrouped, previousModelVersions }: SegmentHistory,
    { series, assignments }: Scored,
  ): Promise<PreviousVerdict> {
    const said = new Map<number, string>();
    const asked = new Map<string, number[]>();
    for (const row of changed) {
      const version = previousModelVersions[row];
      if (version == null || (version === assignments?.model.modelVersion && !regrouped.has(row))) continue;
      asked.set(version, [...(asked.get(version) ?? []), row]);
    }
    for (const [version, rows] of asked) {
      const segments = await scorer.underPrevious(series.windows, rows, version);
      segments?.forEach((segment, i) => {
        said.set(rows[i]!, segment);
      });
    }
    return (row) => said.get(row) ?? null;
  }

  return {
    counts,
    segmentSizes: () => memory.sizes(),
    get topAlerts() {
      return alerting?.top ?? [];
    },
    async publish(page, scored) {
      const { windows } = page;
      const { series, assignments } = scored;
      let marks: AlertMarks = NO_MARKS;
      let history: SegmentHistory | undefined;
      await writeDeadLetters(page.deadLetters);
      await writeDeadLetters(windows.quarantined);
      if (windows.late.length > 0) await outputs.late.write(windows.late);
      if (windows.length > 0) {
        const emittedAt = clock?.now() ?? 'windowEnd';
        const causes = new Map<number, MoveCause>();
        history = assignments && memory.observe(toSegmentedWindows(assignments));
        await outputs.assignments.write(
          { series, assignments, previousSegmentIds: history?.previousSegmentIds },
          emittedAt,
        );
        if (assignments !== undefined && history !== undefined && history.changed.length > 0) {
          const verdict = await verdicts(history, scored);
          const transitions = toTransitionRecords(assignments, history, emittedAt, verdict);
          await outputs.transitions.write(transitions);
          counts.transitions += transitions.length;
          for (const [i, row] of history.changed.entries()) causes.set(row, transitions[i]!.cause);
        }
        if (assignments !== undefined && outputs.embeddings !== undefined) {
          const { embeddings, model } = assignments;
          await outputs.embeddings.write(toEmbeddingRecords(embeddings, model.modelVersion, scored.alignment));
        }
        marks = (await alerting?.publish(scored, causes, emittedAt, counts.alerts)) ?? marks;
      }
      countPage(page);
      forget(page);
      return { marks, history };
    },
    recall(page, segmented, marks) {
      if (segmented !== undefined) counts.transitions += memory.observe(segmented).changed.length;
      alerting?.recall(page.windows, segmented, marks, counts.alerts);
      countPage(page);
      forget(page);
    },
    snapshot: () => ({
      memory: memory.snapshot(),
      counts: structuredClone(counts),
      alerts: alerting?.snapshot() ?? null,
      topAlerts: alerting?.top ?? [],
    }),
  };
}

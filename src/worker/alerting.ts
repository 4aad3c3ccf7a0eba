import type { Alert, AlertKind } from '../anomaly/alert.js';
import { type AlertWatchSnapshot, createAlertWatch, type RaisedAlert } from '../anomaly/alert-watch.js';
import { type AnomalyDetector, createAnomalyDetector } from '../anomaly/anomaly-detector.js';
import type { AnomalyModel } from '../anomaly/anomaly-model.js';
import type { HabitDeviation } from '../anomaly/habit-deviation.js';
import { MOVE_CAUSES, type MoveCause } from '../anomaly/segment-moves.js';
import { type AlertContext, toAlerts } from '../anomaly/to-alerts.js';
import type { Sink } from '../ports.js';
import type { SegmentedWindows } from '../publish/segment-memory.js';
import { isProvisional } from '../train/provisional.js';
import type { WindowBatch } from '../window/window-batch.js';
import { createRuledAlerts, type RuledRows } from './ruled-alerts.js';
import type { Scored } from './scorer.js';

/** What the rules were told of a page by the model: with it and the windows they find the same again. */
export interface AlertMarks {
  /** Rows that are anomalous. */
  readonly odd: Uint32Array;
  /** Rows that show a change of segment, and indexes of `MOVE_CAUSES`. */
  readonly moved: Uint32Array;
  readonly causes: Uint8Array;
  /** Rows that rules of the user's own told of; left out where there are none. */
  readonly ruled?: RuledRows;
}

export const NO_MARKS: AlertMarks = { odd: new Uint32Array(0), moved: new Uint32Array(0), causes: new Uint8Array(0) };

/** Scores windows, watches them and writes alerts. */
export interface Alerting {
  /** The alerts with the highest scores so far. */
  readonly top: readonly Alert[];
  /** @param counts of alerts that were raised, which it adds to */
  publish(
    scored: Scored,
    causes: ReadonlyMap<number, MoveCause>,
    emittedAt: number | 'windowEnd',
    counts: AlertCounts,
  ): Promise<AlertMarks>;
  /** Takes note of windows whose alerts were published before a restart. */
  recall(windows: WindowBatch, segmented: SegmentedWindows | undefined, marks: AlertMarks, counts: AlertCounts): void;
  forget(slots: Uint32Array): void;
  /** No alert of `top` is about the customer from here on. */
  forgetCustomer(customerId: string): void;
  snapshot(): AlertWatchSnapshot;
}

export type AlertCounts = Partial<Record<AlertKind, number>>;

/** Alerts that a summary shows at most. */
const MOST_TOP = 10;

/** Score that one in twenty usual windows has, and one in a hundred: an open window is looked at many times. */
const USUAL = -Math.log10(0.05);
const USUAL_WHILE_OPEN = 2;

export function createAlerting(
  context: AlertContext,
  sink: Sink<Alert>,
  from?: AlertWatchSnapshot,
  fromTop: readonly Alert[] = [],
): Alerting {
  const { settings } = context;
  const watch = createAlertWatch(settings, from);
  const { cooldownMs } = settings;
  const own = createRuledAlerts({ rules: context.rules, cooldownMs, channels: context.channels }, from?.rules);
  let top = [...fromTop];
  let opened: { readonly model: AnomalyModel; readonly detector: AnomalyDetector } | undefined;

  function detectorOf(model: AnomalyModel | undefined): AnomalyDetector | undefined {
    if (model === undefined || !settings.kinds.includes('anomaly')) return undefined;
    if (opened?.model !== model) opened = { model, detector: createAnomalyDetector(model) };
    return opened.detector;
  }

  return {
    get top() {
      return top;
    },
    async publish(scored, causes, emittedAt, counts) {
      const { series, assignments, anomaly } = scored;
      const { windows } = series;
      const detector = detectorOf(anomaly);
      const scores = new Float32Array(windows.length);
      const thresholds = new Float32Array(windows.length);
      // Of a segment that began after the model was fitted, nobody knows what is usual.
      const born = new Set(assignments?.model.born);
      const known = [...(assignments?.model.segmentIds.entries() ?? [])].filter(([, id]) => !born.has(id));
      const indexes = new Map(known.map(([i, id]) => [id, i]));
      const segments: (number | undefined)[] = [];
      const before = (row: number): number | undefined => segments[row];
      const odd = new Set<number>();
      const isOdd = (row: number, measure: () => HabitDeviation | undefined): boolean => {
        if (assignments === undefined || detector === undefined) return false;
        if (born.has(assignments.model.segmentIds[assignments.nearest[row]!]!)) return false;
        const deviation = measure();
        thresholds[row] = deviation === undefined ? settings.thresholdWhileNew : settings.threshold;
        scores[row] = deviation?.score ?? 0;
        if (deviation !== undefined && deviation.score < settings.threshold) return false;
        segments[row] = indexes.get(watch.segmentOf(windows.customers[row]!) ?? '');
        // What is usual for many is not odd, however new it is to the customer.
        const usual = windows.finals[row] === 1 ? USUAL : USUAL_WHILE_OPEN;
        const least = deviation === undefined ? settings.thresholdWhileNew : usual;
        const score = detector.scoreRow(assignments, row, before, least);
        if (deviation === undefined) scores[row] = score;
        if (score >= least) odd.add(row);
        return odd.has(row);
      };
      const raised = watch.observe({
        windows,
        segmented: trained(assignments && toSegmented(assignments)),
        isOdd,
        moved: causes,
      });
      count(raised, counts);
      if (raised.length > 0) {
        const said = assignments && { assignments, detector, scores, thresholds, before };
        const alerts = toAlerts(raised, windows, said, context, emittedAt);
        await sink.write(alerts);
        const telling = alerts.filter((alert, i) => alert.kind === 'anomaly' && raised[i]!.isUpdate !== true);
        top = [...top, ...telling].sort((a, b) => b.score - a.score).slice(0, MOST_TOP);
      }
      const { alerts: told, ruled } = await own.judge(scored, emittedAt);
      if (told.length > 0) {
        await sink.write(told);
        counts.rule = (counts.rule ?? 0) + told.length;
      }
      return {
        odd: Uint32Array.from(odd),
        moved: Uint32Array.from(causes.keys()),
        causes: Uint8Array.from(causes.values(), (cause) => MOVE_CAUSES.indexOf(cause)),
        ...(ruled && { ruled }),
      };
    },
    recall(windows, segmented, marks, counts) {
      const causes = Array.from(marks.moved, (row, i) => [row, MOVE_CAUSES[marks.causes[i]!]!] as const);
      const odd = new Set(marks.odd);
      const isOdd = (row: number): boolean => odd.has(row);
      count(watch.observe({ windows, segmented: trained(segmented), isOdd, moved: new Map(causes) }), counts);
      if (marks.ruled !== undefined) counts.rule = (counts.rule ?? 0) + own.recall(windows, marks.ruled);
    },
    forget(slots) {
      watch.forget(slots);
      own.forget(slots);
    },
    forgetCustomer(customerId) {
      top = top.filter((alert) => alert.customerId !== customerId);
    },
    snapshot() {
      const rules = own.snapshot();
      return { ...watch.snapshot(), ...(rules && { rules }) };
    },
  };
}

/** Segments of a provisional model are for the time being: nobody need hear that customers leave them. */
function trained<T extends { readonly modelVersion: string }>(segmented: T | undefined): T | undefined {
  return segmented === undefined || isProvisional(segmented.modelVersion) ? undefined : segmented;
}

function toSegmented({ model, nearest, margins }: NonNullable<Scored['assignments']>) {
  return { modelVersion: model.modelVersion, segmentIds: model.segmentIds, nearest, margins };
}

function count(raised: readonly RaisedAlert[], counts: AlertCounts): void {
  for (const { kind, isUpdate } of raised) if (isUpdate !== true) counts[kind] = (counts[kind] ?? 0) + 1;
}

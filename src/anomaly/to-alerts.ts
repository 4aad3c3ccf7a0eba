import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { restoreValues } from '../series/restore-values.js';
import type { SeriesSettings } from '../series/series-settings.js';
import { isInformative } from '../window/is-informative.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { Alert, AlertExplanation, ExplainedSteps } from './alert.js';
import type { AlertSettings } from './alert-settings.js';
import type { RaisedAlert } from './alert-watch.js';
import type { AnomalyDetector, ExplainedWindow, SegmentBefore } from './anomaly-detector.js';
import { timeOfStep } from './known-until.js';

/** What alerts are told with. */
export interface AlertContext {
  readonly settings: AlertSettings;
  readonly series: SeriesSettings;
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Sets alerts about segments of one partition apart from those of others. @default '' */
  readonly origin?: string;
}

/** What the model says of the windows; undefined while there is none. */
export interface AlertedWindows {
  readonly assignments: AssignmentBatch;
  readonly detector: AnomalyDetector | undefined;
  readonly scores: Float32Array; // (batch)
  /** As the scores were made with. */
  readonly before: SegmentBefore;
}

/** Makes the records of what was found, in its order. */
export function toAlerts(
  raised: readonly RaisedAlert[],
  windows: WindowBatch,
  said: AlertedWindows | undefined,
  { settings, series, channels, origin = '' }: AlertContext,
  emittedAt: number | 'windowEnd',
): Alert[] {
  return raised.map((alert) => {
    const { kind, status, row, windowStart, windowEnd, knownUntil } = alert;
    const model = said?.assignments.model;
    const customerId = kind === 'segment-size' ? null : windows.ids.text(windows.customers[row]!);
    const told = tell(alert, windows, said, { settings, series, channels });
    const subject = customerId ?? `${told.segmentId}${origin && `@${origin}`}`;
    return {
      alertId: `${kind}/${subject}/${windowStart}`,
      kind,
      severity: severityOf(told.score / told.threshold),
      status,
      customerId,
      segmentId: told.segmentId,
      windowStart,
      windowEnd,
      knownUntil,
      score: rounded(told.score),
      threshold: rounded(told.threshold),
      cause: told.cause,
      explanation: told.explanation,
      modelVersion: model?.modelVersion ?? null,
      centroidEpoch: model?.centroidEpoch ?? null,
      emittedAt: emittedAt === 'windowEnd' ? knownUntil : emittedAt,
    };
  });
}

interface Told extends Pick<Alert, 'segmentId' | 'score' | 'threshold' | 'cause' | 'explanation'> {}

function tell(
  { kind, status, row, silence, move, jump }: RaisedAlert,
  windows: WindowBatch,
  said: AlertedWindows | undefined,
  context: Omit<AlertContext, 'origin'>,
): Told {
  const { settings } = context;
  const segmentId = said === undefined ? null : said.assignments.model.segmentIds[said.assignments.nearest[row]!]!;
  if (silence !== undefined) {
    const { gap, usualGap, activeShare } = silence;
    const text = `no usage for ${gap} steps, where ${round(usualGap)} were the longest and ${percent(activeShare)} of the steps had some`;
    const parts = [
      { part: 'silentSteps', value: gap, usual: rounded(usualGap), score: rounded(silence.score) },
      { part: 'activeShare', value: 0, usual: rounded(activeShare), score: null },
    ];
    return {
      ...{ segmentId, score: silence.score, threshold: settings.silence.threshold, cause: 'silence' },
      explanation: { text, parts, steps: [] },
    };
  }
  if (move !== undefined) {
    const margin = said?.assignments.margins[row] ?? 0;
    const text = `${move.windows} windows in a row show ${move.toId}, where it was ${move.fromId}; margin ${round(margin)}`;
    const parts = [
      { part: 'windows', value: move.windows, usual: 0, score: null },
      { part: 'margin', value: rounded(margin), usual: settings.segmentChange.margin, score: null },
    ];
    return {
      ...{ segmentId, score: margin, threshold: settings.segmentChange.margin, cause: move.cause },
      explanation: { text, parts, steps: [] },
    };
  }
  if (jump !== undefined) {
    const text = `${jump.segmentId} has ${percent(jump.now)} of the ${jump.windows} windows that closed together, where it had ${percent(jump.before)}`;
    const parts = [
      { part: 'share', value: rounded(jump.now), usual: rounded(jump.before), score: null },
      { part: 'windows', value: jump.windows, usual: jump.windows, score: null },
    ];
    return {
      ...{ segmentId: jump.segmentId, score: jump.score, threshold: settings.segmentSize.threshold },
      cause: jump.now > jump.before ? 'growth' : 'shrinkage',
      explanation: { text, parts, steps: [] },
    };
  }
  const explained = said?.detector?.explain(said.assignments, row, said.before);
  return {
    ...{ segmentId, score: said?.scores[row] ?? 0, threshold: settings.threshold },
    cause: explained?.parts[0]?.part ?? kind,
    explanation: explainAnomaly(explained, status, windows, row, said, context),
  };
}

function explainAnomaly(
  explained: ExplainedWindow | undefined,
  status: Alert['status'],
  windows: WindowBatch,
  row: number,
  said: AlertedWindows | undefined,
  { series, channels }: Pick<AlertContext, 'series' | 'channels'>,
): AlertExplanation {
  if (explained === undefined || said === undefined) return { text: 'nothing is known of it', parts: [], steps: [] };
  const steps = toSteps(explained, windows, row, said.assignments, { series, channels });
  const [first] = steps;
  const text =
    status === 'withdrawn'
      ? 'the window has closed, and is not odd any more'
      : first === undefined
        ? 'no single run of steps stands out'
        : `${first.channel} was ${round(first.seen)} a step in steps ${first.first + 1} to ${first.end}, where ${round(first.expected)} was expected`;
  const parts = explained.parts.map(({ part, value, usual, score }) => ({
    ...{ part, value: rounded(value), usual: rounded(usual), score: rounded(score) },
  }));
  return { text, parts, steps };
}

/** The runs in the channels' units: of what was seen and what was expected, the mean of a step. */
function toSteps(
  { deviations, expected }: ExplainedWindow,
  windows: WindowBatch,
  row: number,
  { embeddings }: AssignmentBatch,
  { series, channels }: Pick<AlertContext, 'series' | 'channels'>,
): ExplainedSteps[] {
  const prepared = embeddings.series;
  const { steps, channels: count } = prepared;
  const cells = steps * count;
  const centers = prepared.centers.subarray(row * count, (row + 1) * count);
  const scales = prepared.scales.subarray(row * count, (row + 1) * count);
  const usual = restoreValues(series, expected, centers, scales);
  const own = restoreValues(series, prepared.values.slice(row * cells, (row + 1) * cells), centers, scales);
  return deviations.map(({ channel, first, end, deviation }) => {
    let seen = 0;
    let known = 0;
    let expectedSum = 0;
    for (let step = first; step < end; step++) {
      const at = step * count + channel;
      expectedSum += usual[at]!;
      if (!isInformative(prepared.mask[row * cells + at]!)) continue;
      seen += own[at]!;
      known++;
    }
    return {
      channel: channels[channel] ?? String(channel),
      ...{ first: toWindowStep(first, steps, windows.steps), end: toWindowStep(end, steps, windows.steps) },
      from: timeOfStep(windows, row, (first * windows.steps) / steps),
      to: timeOfStep(windows, row, (end * windows.steps) / steps),
      expected: rounded(expectedSum / (end - first)),
      seen: rounded(known === 0 ? 0 : seen / known),
      deviation: rounded(deviation),
    };
  });
}

/** Series may have other steps than windows, after resampling. */
function toWindowStep(step: number, steps: number, windowSteps: number): number {
  return Math.round((step * windowSteps) / steps);
}

/** By how far the score is beyond its threshold. */
function severityOf(ratio: number): Alert['severity'] {
  if (ratio >= 2) return 'high';
  return ratio >= 1.4 ? 'medium' : 'low';
}

/** Four significant digits: more say nothing, and cost bytes. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

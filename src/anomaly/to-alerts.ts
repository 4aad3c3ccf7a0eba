import type { SeriesSettings } from '../series/series-settings.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { Alert } from './alert.js';
import type { AlertRules } from './alert-rules.js';
import type { AlertSettings } from './alert-settings.js';
import type { RaisedAlert } from './alert-watch.js';
import { type AlertedWindows, explainAnomaly, round, rounded } from './explain-anomaly.js';

/** What alerts are told with. */
export interface AlertContext {
  readonly settings: AlertSettings;
  readonly series: SeriesSettings;
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Sets alerts about segments of one partition apart from those of others. @default '' */
  readonly origin?: string;
  /** Of the user's own. @default none are asked */
  readonly rules?: AlertRules | undefined;
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
  alert: RaisedAlert,
  windows: WindowBatch,
  said: AlertedWindows | undefined,
  context: Omit<AlertContext, 'origin'>,
): Told {
  const { settings } = context;
  const { kind, row, silence, move, jump } = alert;
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
  const { cause = kind, ...explanation } = explainAnomaly(alert, windows, said, context);
  const threshold = said?.thresholds[row] ?? settings.threshold;
  return { segmentId, score: said?.scores[row] ?? 0, threshold, cause, explanation };
}

/** By how far the score is beyond its threshold. */
function severityOf(ratio: number): Alert['severity'] {
  if (ratio >= 2) return 'high';
  return ratio >= 1.4 ? 'medium' : 'low';
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

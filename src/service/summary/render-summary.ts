import { basename, dirname } from 'node:path';
import pc from 'picocolors';
import type { DriftReport } from '../../drift/drift-report.js';
import { isProvisional } from '../../train/provisional.js';
import type { LabelScores } from '../../trainer/label-agreement.js';
import type { Fates } from '../../window/window-batch.js';
import type { OutputSummary, RunSummary } from '../run-summary.js';
import { formatCount, formatCounted, formatDate, formatNumber, formatSeconds, NO_BREAK, wrap } from './format.js';
import { nextSteps } from './next-steps.js';
import { alertLines, alertsHead } from './render-alerts.js';
import { renderSegments } from './render-segments.js';
import { renderTriedK } from './render-tried-k.js';
import { renderViews } from './render-views.js';

export interface SummaryStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Whether a config file was used: then there is no need of one. */
  readonly hasConfigFile?: boolean;
}

/** What a run found and did, for people to read. */
export function renderSummary(summary: RunSummary, { width, color, hasConfigFile = false }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(MIN_WIDTH, Math.min(width, MAX_WIDTH));
  const parts = [
    [colors.bold(wrap(headline(summary), columns))],
    [colors.bold('Segments'), renderSegments(summary, columns)],
    ...agreement(summary).map((text) => [colors.bold('Agreement with labels'), wrap(text, columns, '  ', '    ')]),
    [colors.bold(modelsHead(summary)), ...models(summary, columns)],
    [colors.bold(driftHead(summary)), ...driftLines(summary, columns)],
    [colors.bold(alertsHead(summary)), ...alertLines(summary, columns)],
    [colors.bold('Events'), ...accounting(summary, columns)],
    [colors.bold('Results'), ...outputs(summary.outputs, columns)],
    [colors.bold('Next'), ...nextSteps(summary, hasConfigFile).map((line) => `  ${line}`)],
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const MIN_WIDTH = 40;
const MAX_WIDTH = 120;
/** Drift reports that are shown; the others are in the output. */
const SHOWN_REPORTS = 5;

function headline(summary: RunSummary): string {
  const { name, events, customers, evicted, eventTimes, seconds, eventsPerSecond, interrupted } = summary;
  // Who left the keyed state and came back was counted again.
  const most = evicted > 0 ? 'up to ' : '';
  const span = eventTimes ? `, ${formatDate(eventTimes[0])} to ${formatDate(eventTimes[1])}` : '';
  // One that was resumed at its end reads none.
  const rate = eventsPerSecond > 0 ? ` (${formatCount(eventsPerSecond)} events/s)` : '';
  const speed = `in ${formatSeconds(seconds)}${rate}`;
  const end = interrupted ? ', interrupted' : '';
  return `${name}: ${formatCounted(events.in, 'event')} of ${most}${formatCounted(customers, 'customer')}${span}, ${speed}${end}`;
}

function modelsHead({ models }: RunSummary): string {
  if (models.length === 0) return 'Models';
  const trained = models.filter(({ modelVersion, failed }) => !failed && !isProvisional(modelVersion));
  const promoted = trained.filter((model) => model.promoted).length;
  const provisional = models.filter(({ modelVersion, failed }) => !failed && isProvisional(modelVersion)).length;
  const failed = models.filter((model) => model.failed).length;
  const parts = [
    `${trained.length} trained`,
    `${promoted} promoted`,
    ...(provisional === 0 ? [] : [`${provisional} provisional`]),
    ...(failed === 0 ? [] : [`${formatCounted(failed, 'training')} failed`]),
  ];
  return `Models: ${parts.join(', ')}`;
}

function models(summary: RunSummary, width: number): string[] {
  if (summary.models.length === 0) {
    return [
      summary.modelVersion === null
        ? '  none yet; assignments say `warming` until enough windows are there'
        : `  ${summary.modelVersion}  in force from the start; none was trained here`,
    ];
  }
  return summary.models.flatMap(({ modelVersion, promoted, failed, atWindow, reason, why, views, kAdvice }, i, all) => [
    `  ${modelVersion}  ${failed ? 'failed' : `${promoted ? 'promoted' : 'refused'}, trained`} at window ${formatCount(atWindow)}`,
    wrap(`because: ${reason}`, width, '    ', '      '),
    wrap(
      failed ? why : `the gate: ${!promoted && why === all[i - 1]?.why ? 'the same' : why}`,
      width,
      '    ',
      '      ',
    ),
    ...renderViews(views, width),
    ...(kAdvice.length === 0 ? [] : [wrap(renderTriedK(kAdvice), width, '    ', '      ')]),
  ]);
}

/** Nothing where no field of labels is mapped. */
function agreement({ labels, config, models, windows }: RunSummary): string[] {
  const { label } = config.input.fields;
  if (labels !== undefined) return [scored(labels)];
  if (label === undefined) return [];
  const unknown = `unknown: no event with '${label}' is in a window that the model in force assigned`;
  const last = models.findLast(({ promoted }) => promoted);
  if (last === undefined || last.atWindow < windows) return [unknown];
  return [`${unknown}; it took over after the last one: lower \`model.firstFit\` (${config.model.firstFit})`];
}

function scored({ adjustedRandIndex, normalizedMutualInformation, ...counts }: LabelScores): string {
  const { windows, labels, leftOut } = counts;
  const of = `${formatCounted(windows, 'labelled window')} of ${formatCounted(labels, 'label')} by the model in force`;
  const rest = leftOut > 0 ? `; ${formatCounted(leftOut, 'window')} of further labels left out` : '';
  return `ARI ${formatNumber(adjustedRandIndex)}, NMI ${formatNumber(normalizedMutualInformation)}: ${of}${rest}`;
}

function driftHead({ drift }: RunSummary): string {
  return drift.reports === 0
    ? 'Drift'
    : `Drift: ${formatCount(drift.drifted)} of ${formatCounted(drift.reports, 'report')}`;
}

function driftLines({ drift }: RunSummary, width: number): string[] {
  if (drift.reports === 0) return ['  not measured yet; reports come as windows do'];
  const drifted = drift.last.filter((report) => report.drifted);
  if (drifted.length === 0) return ['  none in the last round'];
  const lines = drifted.slice(0, SHOWN_REPORTS).map((report) => wrap(driftLine(report), width, '  ', '    '));
  const rest = drifted.length - lines.length;
  return rest > 0 ? [...lines, `  and ${rest} more`] : lines;
}

function driftLine({ layer, statistic, subject, value, threshold, severity }: DriftReport): string {
  return `${layer} ${statistic} of ${subject}: ${formatNumber(value)} over ${formatNumber(threshold)} (${severity})`;
}

function accounting(summary: RunSummary, width: number): string[] {
  const { windows, revisions, incompleteWindows, assignments, transitions, evicted, deadLetterReasons } = summary;
  const lines = [accountingLine(summary.events).replace(/(\S) (?=[\d,]+( |$))/g, `$1${NO_BREAK}`)];
  const reasons = Object.entries(deadLetterReasons).filter(([, count]) => count > 0);
  if (reasons.length > 0) {
    lines.push(
      `dead letters and quarantine: ${reasons.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ')}`,
    );
  }
  const counts = [
    formatCounted(windows, 'window'),
    formatCounted(revisions, 'revision'),
    formatCounted(assignments, 'assignment'),
    formatCounted(transitions, 'transition'),
    `${formatCounted(incompleteWindows, 'window')} cut short by the end`,
    `${formatCounted(evicted, 'customer')} evicted${evicted > 0 ? ' (who came back counts again)' : ''}`,
  ];
  lines.push(counts.map((count) => count.replace(' ', NO_BREAK)).join(', '));
  return lines.map((line) => wrap(line, width, '  ', '    '));
}

/** Every event by its first fate, as an equation. */
export function accountingLine(events: Fates): string {
  const { accepted, late, duplicate, deadLettered, quarantined, skipped } = events;
  const sum = accepted + late + duplicate + deadLettered + quarantined + skipped;
  const sign = sum === events.in ? '=' : '≠';
  const fates: [string, number][] = [
    ['accepted', accepted],
    ['late', late],
    ['duplicate', duplicate],
    ['dead-lettered', deadLettered],
    ['quarantined', quarantined],
    ['skipped', skipped],
  ];
  return `in ${formatCount(events.in)} ${sign} ${fates.map(([fate, count]) => `${fate} ${formatCount(count)}`).join(' + ')}`;
}

/** Files by their common folder, else whatever was written to. */
function outputs(written: readonly OutputSummary[], width: number): string[] {
  const folders = new Set(written.map(({ path }) => dirname(path)));
  const short = folders.size === 1 && !folders.has('.');
  const names = written.map(({ path, records }) => `${short ? basename(path) : path} (${formatCount(records)})`);
  const list = wrap(names.join(', ') || 'none', width, short ? '    ' : '  ', '    ');
  return short ? [`  ${[...folders][0]}/`, list] : [list];
}

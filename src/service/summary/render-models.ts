import type { SegmentLineage } from '../../cluster/segment-lineage.js';
import { isKnown, type KnownModel, type ListedModel } from '../../train/listed-model.js';
import { formatCount, formatNumber, formatShare, wrap } from './format.js';
import { type Column, plainTable } from './plain-table.js';
import { renderTriedK } from './render-tried-k.js';

/** Every model as a line, in the order of their training. */
export function renderModels(models: readonly ListedModel[], width: number): string {
  const rows = models.map((entry) => {
    if (!isKnown(entry)) return [entry.modelVersion, entry.status, ...EMPTY_CELLS, entry.problem];
    const { modelVersion, status, createdAt, atWindow, parent, problem, values, reasons, reigns, why } = entry;
    const last = reigns.at(-1);
    const because = last?.because.startsWith('by hand') ? last.because : (reasons[0] ?? '');
    return [
      modelVersion,
      status,
      toTime(createdAt),
      formatCount(atWindow),
      parent ?? '–',
      fileCell(entry),
      show(values.challengerSilhouette),
      show(values.churn),
      problem ?? (status === 'refused' || status === 'failed' ? (why[0] ?? '') : because),
    ];
  });
  return `${plainTable(COLUMNS, rows, width)}\n`;
}

const COLUMNS: readonly Column[] = [
  { head: 'model' },
  { head: 'status' },
  { head: 'learnt up to', dropFirst: 2 },
  { head: 'windows', align: 'right', dropFirst: 3 },
  { head: 'parent', dropFirst: 4 },
  { head: 'file', align: 'right', dropFirst: 5 },
  { head: 'own silhouette' },
  { head: 'churn' },
  { head: 'why', least: 24 },
];

const EMPTY_CELLS = Array<string>(COLUMNS.length - 3).fill('–');

function fileCell({ bytes, problem }: KnownModel): string {
  if (problem !== null) return 'lost';
  return bytes === null ? '–' : `${formatCount(Math.ceil(bytes / 1024))} KiB`;
}

/** All that is known of a model. */
export function renderModel(entry: KnownModel, width: number): string {
  const {
    modelVersion,
    status,
    createdAt,
    atWindow,
    parent,
    reasons,
    why,
    values,
    reigns,
    lineage,
    kAdvice = [],
  } = entry;
  const lines = [
    `${modelVersion}: ${status}`,
    `  learnt up to ${toTime(createdAt)}, ${formatCount(atWindow)} windows; parent: ${parent ?? 'none'}`,
    ...fileLines(entry, width),
    wrap(`because: ${reasons.join('; ')}`, width, '  ', '    '),
    wrap(`the gate: ${why.join('; ')}`, width, '  ', '    '),
    ...reigns.map(({ since, atWindow: at, previousVersion, because }) =>
      wrap(
        `in force from ${toTime(since)}, window ${formatCount(at)}, after ${previousVersion ?? 'none'}: ${because}`,
        width,
        '  ',
        '    ',
      ),
    ),
    ...(kAdvice.length === 0 ? [] : [wrap(renderTriedK(kAdvice), width, '  ', '    ')]),
    '  gate values:',
    ...Object.entries(values).map(([name, value]) => `    ${name}: ${value === null ? '–' : formatNumber(value)}`),
    '  segments:',
    ...lineage.map((segment) => wrap(segmentLine(segment), width, '    ', '      ')),
  ];
  return `${lines.join('\n')}\n`;
}

/** What became of a segment; one that ended comes from nowhere, and its members went somewhere. */
function segmentLine({ segmentId, kind, from, into, overlap }: SegmentLineage): string {
  const parts = (shares: SegmentLineage['from']): string =>
    shares.map((part) => `${formatShare(part.share)} ${part.segmentId}`).join(', ');
  if (from.length > 0) return `${segmentId}: ${kind}, of ${parts(from)}; overlap ${overlap.toFixed(2)}`;
  return `${segmentId}: ${kind}${into.length > 0 ? `, its members went to ${parts(into)}` : ''}`;
}

function fileLines({ bytes, sha256, problem }: KnownModel, width: number): string[] {
  if (problem !== null) return [wrap(problem, width, '  ', '    ')];
  return [sha256 === null ? '  its file is not kept' : `  file of ${formatCount(bytes ?? 0)} bytes, SHA-256 ${sha256}`];
}

function show(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(3);
}

/** Minutes are enough to tell models apart. */
function toTime(ms: number): string {
  return ms === 0 ? '–' : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

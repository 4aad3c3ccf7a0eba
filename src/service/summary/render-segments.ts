import type { RunSummary, SegmentSummary } from '../run-summary.js';
import { formatChange, formatCount, formatNumber, formatShare, wrap } from './format.js';
import { type Column, plainTable } from './plain-table.js';
import { bar, sparkline } from './sparkline.js';

/** The segments as a table: how large each is, what its curve looks like, and what it is called. */
export function renderSegments(summary: RunSummary, width: number): string {
  const { segments, models, modelVersion } = summary;
  if (segments.length === 0) {
    if (modelVersion !== null) return '  none: no customer is left in state';
    return `  none yet: no model has been ${models.length === 0 ? 'trained' : 'taken into force'}`;
  }
  const largest = Math.max(...segments.map((segment) => segment.share), Number.MIN_VALUE);
  const curveWidth = width >= 100 ? 24 : width >= 60 ? 14 : 8;
  const table = plainTable(
    COLUMNS,
    segments.map((segment) => toRow(segment, curveWidth, segment.share / largest)),
    width,
  );
  const missing = missingCustomers(summary);
  return missing === undefined ? table : `${table}\n${wrap(missing, width, '  ', '    ')}`;
}

/** Whom the table leaves out, so that all customers are accounted for. */
function missingCustomers(summary: RunSummary): string | undefined {
  const { customers, evicted, segments } = summary;
  // Summaries of earlier versions don't tell it.
  const { formerCustomers = 0 } = summary as Partial<RunSummary>;
  const told = segments.reduce((sum, segment) => sum + segment.customers, 0);
  const parts: readonly (readonly [number, string])[] = [
    [evicted, 'evicted'],
    [formerCustomers, 'in segments that are no more'],
    [customers - evicted - formerCustomers - told, 'without a final result of a model'],
  ];
  const counts = parts.filter(([count]) => count > 0).map(([count, where]) => `${formatCount(count)} ${where}`);
  return counts.length === 0 ? undefined : `not among them: ${counts.join(', ')}`;
}

const BAR_WIDTH = 8;

const COLUMNS: readonly Column[] = [
  { head: 'id' },
  { head: 'share', align: 'right' },
  { head: '', dropFirst: 4 },
  { head: 'customers', align: 'right', dropFirst: 0 },
  { head: 'curve' },
  { head: 'level', align: 'right', dropFirst: 1 },
  { head: 'trend', align: 'right', dropFirst: 2 },
  { head: 'inactive', align: 'right', dropFirst: 3 },
  { head: 'name', least: 14 },
];

/** @param relative size of the segment against the largest one, which fills the bar */
function toRow(segment: SegmentSummary, curveWidth: number, relative: number): string[] {
  return [
    segment.segmentId,
    formatShare(segment.share),
    bar(relative, BAR_WIDTH),
    formatCount(segment.customers),
    sparkline(segment.prototype, curveWidth),
    formatNumber(segment.level),
    formatChange(segment.trend),
    formatShare(segment.inactiveShare),
    segment.name,
  ];
}

import type { RunSummary, SegmentSummary } from '../run-summary.js';
import { formatChange, formatCount, formatNumber, formatShare } from './format.js';
import { type Column, plainTable } from './plain-table.js';
import { bar, sparkline } from './sparkline.js';

/** The segments as a table: how large each is, what its curve looks like, and what it is called. */
export function renderSegments({ segments, models, modelVersion }: RunSummary, width: number): string {
  if (segments.length === 0) {
    if (modelVersion !== null) return '  none: no customer is left in state';
    return `  none yet: no model has been ${models.length === 0 ? 'trained' : 'taken into force'}`;
  }
  const largest = Math.max(...segments.map((segment) => segment.share), Number.MIN_VALUE);
  const curveWidth = width >= 100 ? 24 : width >= 60 ? 14 : 8;
  return plainTable(
    COLUMNS,
    segments.map((segment) => toRow(segment, curveWidth, segment.share / largest)),
    width,
  );
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

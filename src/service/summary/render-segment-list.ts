import type { SegmentAnswer, SegmentsAnswer } from '../view/api/answers.js';
import { drawnCurves } from '../view/api/drawn-curves.js';
import { formatChange, formatCount, formatCounted, formatDate, formatNumber, formatShare } from './format.js';
import { plainTable } from './plain-table.js';
import { sparkline } from './sparkline.js';

/**
 * The segments in force, a line each.
 *
 * @param refused trainings of which no model came into force
 */
export function renderSegmentList({ modelVersion, segments }: SegmentsAnswer, refused: number, width: number): string {
  if (modelVersion === null) {
    if (refused === 0) return 'no segments yet: no model was trained\n';
    const trained = `${formatCounted(refused, 'training')} gave none that the gate let pass`;
    return `no segments yet: no model is in force; ${trained}: see segtide models list\n`;
  }
  const rows = segments.map((segment) => [
    segment.segmentId,
    segment.name,
    formatShare(segment.share),
    formatCount(segment.customers),
    sparkline(drawnCurves(segment).prototype[0] ?? [], 14),
    formatNumber(segment.level),
    formatChange(segment.trend),
    segment.advice,
    segment.lineage,
  ]);
  return `${plainTable(COLUMNS, rows, width)}\nmodel ${modelVersion}\n`;
}

const COLUMNS = [
  { head: 'id' },
  { head: 'name', least: 12 },
  { head: 'share' },
  { head: 'customers' },
  { head: 'curve' },
  { head: 'level' },
  { head: 'trend' },
  { head: 'advice' },
  { head: 'lineage' },
];

/** All that is known of a segment. */
export function renderSegment(segment: SegmentAnswer, width: number): string {
  const { segmentId, name, madeName, share, customers, modelVersion, from, into } = segment;
  const parts = (list: SegmentAnswer['from']): string =>
    list.map((part) => `${formatShare(part.share)} ${part.segmentId}`).join(', ') || 'none';
  const facts: (readonly [string, string])[] = [
    ['name', name],
    ...(name === madeName ? [] : ([['made name', madeName]] as const)),
    ['size', `${formatShare(share)}, ${formatCounted(customers, 'customer')}`],
    ['advice', segment.advice],
    ['level', formatNumber(segment.level)],
    ['trend', formatChange(segment.trend)],
    ['volatility', formatNumber(segment.volatility)],
    [
      'seasonality',
      segment.seasonLag > 0 ? `${formatNumber(segment.seasonality)} at ${segment.seasonLag} steps` : 'none',
    ],
    ['forecastability', formatNumber(segment.forecastability)],
    ['without usage', formatShare(segment.inactiveShare)],
    ['typical customer', segment.medoidCustomer ?? 'none'],
    ['model', `${modelVersion}, windows to ${formatDate(segment.windowEnd)}`],
    ['lineage', segment.lineage],
    ['members from', parts(from)],
    ['members before', parts(into)],
    ...drawnCurves(segment).prototype.map(
      (curve, i) => [`curve ${i + 1}`, sparkline(curve, Math.min(60, width - 20))] as const,
    ),
  ];
  return `${segmentId}\n${facts.map(([term, value]) => `  ${term.padEnd(17)} ${value}`).join('\n')}\n`;
}

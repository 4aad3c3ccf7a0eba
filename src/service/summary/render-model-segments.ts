import type { TrainedSegment } from '../model/training-summary.js';
import { formatCount, formatShare } from './format.js';
import { plainTable } from './plain-table.js';
import { sparkline } from './sparkline.js';

/**
 * The segments of one model as a table.
 *
 * @param total windows of all of them
 */
export function renderModelSegments(segments: readonly TrainedSegment[], total: number, width: number): string {
  return plainTable(
    [
      { head: 'id' },
      { head: 'share', align: 'right' },
      { head: 'windows', align: 'right', dropFirst: 0 },
      { head: 'curve' },
      { head: 'name', least: 14 },
    ],
    segments.map(({ segmentId, name, windows, prototype }) => [
      segmentId,
      formatShare(windows / total),
      formatCount(windows),
      sparkline(prototype, width >= 80 ? 32 : 14),
      name,
    ]),
    width,
  );
}

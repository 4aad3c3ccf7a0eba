import type { ReplaySummary } from '../replay/replay-from-config.js';
import { formatCounted, formatSeconds } from './format.js';

/** What a replay read and wrote. */
export function renderReplay(summary: ReplaySummary): string {
  const { from, to, records, partitions, windows, revisions, modelVersion, outputs, seconds, interrupted } = summary;
  const range = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  const lines = outputs.map(({ path, records: count }) => `  ${path}: ${formatCounted(count, 'record')}`);
  const revised = revisions === 0 ? '' : ` and ${formatCounted(revisions, 'revision')}`;
  const end = interrupted ? ', interrupted' : '';
  return `replayed ${range}: ${formatCounted(records, 'record')} of ${formatCounted(partitions, 'partition')}, ${formatCounted(windows, 'window')}${revised} by model ${modelVersion} in ${formatSeconds(seconds)}${end}
${lines.join('\n')}
Windows that are open at the end of the range are not written.
`;
}

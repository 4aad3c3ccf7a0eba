import { formatCounted } from '../summary/format.js';
import { EXIT_CODES } from './exit-code.js';
import { writeFailure } from './report-error.js';
import type { Terminal } from './terminal.js';

/**
 * Tells of alerts that their receivers did not take, each counted for each receiver.
 *
 * @returns the exit code
 */
export function tellUndelivered(alerts: number | undefined, json: boolean, terminal: Terminal): number {
  if (alerts === undefined || alerts === 0) return EXIT_CODES.ok;
  const message = `${formatCounted(alerts, 'alert')} ${alerts === 1 ? 'was' : 'were'} not delivered; the log says why, and the output has them`;
  writeFailure({ code: 'undelivered', message, retriable: false }, json, terminal);
  return EXIT_CODES.undelivered;
}

import { SegtideError } from '../../errors.js';
import type { Assignment } from '../config/assignment.js';

/**
 * Refuses a setting that the command line asks for, and that has no part in what the command is to do: who gave it
 * expects something of it. A config file is another matter, for it may be meant for other commands too.
 *
 * @param why that is; the message goes on with what to do
 * @throws SegtideError `config`
 */
export function refuseIdle(assignments: readonly Assignment[], isIdle: (key: string) => boolean, why: string): void {
  const idle = assignments.find(({ key }) => isIdle(key));
  if (idle !== undefined) throw new SegtideError('config', `${idle.where} has no part here: ${why}; leave it out`);
}

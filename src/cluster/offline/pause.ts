import { setImmediate } from 'node:timers/promises';
import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';

/**
 * Lets the event loop turn within a long computation, so that a stop is heard.
 *
 * @throws SegtideError `aborted` on request
 */
export async function pause(signal: Abortable | undefined): Promise<void> {
  await setImmediate();
  throwIfAborted(signal, 'The clustering');
}

import { SegtideError } from '../../errors.js';
import type { StateStore, StoredState } from '../../transport/kafka/state-store.js';

/**
 * Opens the store of a partition, works with it, and closes it, at once where the partition is revoked: a commit that is
 * still being tried would stand in the way of the next owner, who may be this process again.
 *
 * @param signal aborted when the partition is another's; what the work meets with after that is of no interest
 */
export async function ownStore(
  store: StateStore,
  signal: AbortSignal,
  work: (stored: StoredState) => Promise<void>,
): Promise<void> {
  const letGo = (): void => {
    store.close().catch(() => {}); // a connection that is broken already is let go as well
  };
  signal.addEventListener('abort', letGo, { once: true });
  try {
    if (signal.aborted) return;
    const stored = await store.open();
    if (!signal.aborted) await work(stored);
  } catch (error) {
    if (!signal.aborted || !(error instanceof SegtideError)) throw error;
  } finally {
    signal.removeEventListener('abort', letGo);
    await store.close();
  }
}

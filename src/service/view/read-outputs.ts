import { createKeyedCustomers, type KeyedCustomers } from '../keyed-customers.js';
import type { Log } from '../log.js';
import { openSource } from './source/open-source.js';
import { openViewStore, type ViewStore } from './store/view-store.js';
import type { ViewSettings } from './view-settings.js';

/** The outputs of a run as they are by now. */
export interface ReadOutputs extends Pick<ViewStore, 'database'> {
  /** Where they were read from, in words. */
  readonly source: string;
  readonly customers: KeyedCustomers;
}

/**
 * Reads outputs to their end into a database of its own, which lasts as long as it is used.
 *
 * @throws SegtideError `transport` where topics can't be read
 */
export async function readOutputs<T>(
  settings: ViewSettings,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
  use: (outputs: ReadOutputs) => T | Promise<T>,
): Promise<T> {
  const customers = createKeyedCustomers(settings.customerKey);
  const store = openViewStore(undefined, settings.retention, customers);
  try {
    const source = await openSource(settings, store, log);
    await source.catchUp(signal);
    return await use({ database: store.database, source: source.name, customers });
  } finally {
    store.close();
  }
}

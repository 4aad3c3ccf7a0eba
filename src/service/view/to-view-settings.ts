import type { Config } from '../config/schema.js';
import type { ViewSettings } from './view-settings.js';

/**
 * What a view needs of a config.
 *
 * @param folder output folder of a run; undefined to read its topics
 * @param otherPorts ports after the given one that may be taken instead
 */
export function toViewSettings(config: Config, folder: string | undefined, otherPorts: number): ViewSettings {
  const { host, port, token, customerKey, tls, database, maxStreams, requestsPerMinute } = config.view;
  const { keepRows, keepCustomers, keepFor } = config.view;
  return {
    name: config.name,
    host,
    port,
    otherPorts,
    folder,
    config,
    database,
    token,
    customerKey,
    tls,
    requestsPerMinute,
    mostStreams: maxStreams,
    retention: { rows: keepRows, customers: keepCustomers, ageMs: keepFor ?? Number.POSITIVE_INFINITY },
  };
}

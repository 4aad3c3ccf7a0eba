import type { Clock } from '../../ports.js';
import type { RegistryClient } from '../../transport/registry/registry-client.js';
import type { Config } from '../config/schema.js';
import { readPem } from './to-connection.js';

type RegistrySection = NonNullable<NonNullable<Config['input']['kafka']>['registry']>;

/** A client of the registry that a section of the config names. */
export async function openRegistry(section: RegistrySection, clock: Clock): Promise<RegistryClient> {
  const { createRegistryClient } = await import('../../transport/registry/registry-client.js');
  const { url, username, password, token, timeout, outage } = section;
  const ca = await readPem(section.ca);
  return createRegistryClient(
    {
      url,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(token !== undefined && { token }),
      ...(ca !== undefined && { ca }),
      timeoutMs: timeout,
      outageMs: outage,
    },
    clock,
  );
}

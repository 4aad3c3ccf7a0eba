import * as z from 'zod';
import { duration, secret, text } from '../kinds.js';

/**
 * Keys that say how a schema registry is reached; `input.kafka.registry` and `output.registry` both have them.
 *
 * @param variables how the environment variables of this section begin
 */
export function registryKeys(variables: string) {
  return {
    url: z
      .url({ protocol: /^https?$/, error: 'an address such as https://registry:8081' })
      .describe('Address, with the path under which the interface is (Apicurio: `/apis/ccompat/v7`).'),
    username: text().exactOptional().describe('User name, with `password`.'),
    password: secret().exactOptional().describe(`Password; better given as ${variables}__PASSWORD_FILE.`),
    token: secret()
      .exactOptional()
      .describe(`Bearer token, instead of a user name; better given as ${variables}__TOKEN_FILE.`),
    ca: text()
      .exactOptional()
      .describe("PEM file of certificates that the registry's is signed by, instead of the system's."),
    timeout: duration({ min: 1 }).prefault('10s').describe('How long one request may take.'),
    outage: duration()
      .prefault('2m')
      .describe('How long a registry that does not answer is waited for, with all records, before the run fails.'),
  };
}

/** @returns the keys as they are, with a complaint where logins contradict each other */
export function checkRegistryLogin(
  { username, password, token }: { username?: string; password?: string; token?: string },
  context: z.RefinementCtx,
): void {
  const complain = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    complain('token', 'left out where there is a `username` or a `password`');
  } else if (username === undefined && password !== undefined) complain('username', 'given with `password`');
  else if (username !== undefined && password === undefined) complain('password', 'given with `username`');
}

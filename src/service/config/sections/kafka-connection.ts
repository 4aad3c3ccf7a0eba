import * as z from 'zod';
import { secret, text } from '../kinds.js';

/**
 * Keys that say how brokers are reached; `input.kafka` and `output.kafka` both have them.
 *
 * @param variable the environment variable that gives the password by a file
 */
export function kafkaConnection(variable: string) {
  return {
    brokers: z.array(text()).min(1).describe('Addresses, `host:port`.'),
    clientId: text().default('segtide').describe('Name shown in broker logs.'),
    ssl: z.boolean().default(false).describe('Connects over TLS.'),
    sasl: z
      .strictObject({
        mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('Mechanism the broker asks for.'),
        username: text().describe('User name.'),
        password: secret().describe(`Password; better given as ${variable}.`),
      })
      .exactOptional()
      .describe('Login at the broker.'),
  };
}

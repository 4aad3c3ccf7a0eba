import * as z from 'zod';
import { address, duration, secret, text } from '../kinds.js';
import { saslSection } from './sasl.js';

/**
 * Keys that say how brokers are reached; `input.kafka` and `output.kafka` both have them.
 *
 * @param variables how the environment variables of this section begin
 */
export function kafkaConnection(variables: string) {
  return {
    brokers: z.array(address()).min(1).describe('Addresses, `host:port`.'),
    clientId: text().default('segtide').describe("Name of this program in the brokers' logs and quotas."),
    rack: text().exactOptional().describe('Rack or zone of this process: records are fetched from a replica in it.'),
    requestTimeout: duration({ min: 1000 })
      .prefault('30s')
      .describe(
        'How long a broker may take to answer; then the request is sent again, on a new connection where nothing came on the last.',
      ),
    tls: z
      .preprocess(fromSwitch, tlsKeys(variables).optional())
      .exactOptional()
      .meta({ type: ['boolean', 'object'] })
      .describe("Connects over TLS: `true` with the system's authorities, or a section."),
    sasl: saslSection(variables).exactOptional().describe('Login at the broker.'),
  };
}

/** `true` is a section without keys, `false` none at all. */
function fromSwitch(value: unknown): unknown {
  if (value === true) return {};
  return value === false ? undefined : value;
}

function tlsKeys(variables: string) {
  return z
    .strictObject({
      ca: text()
        .exactOptional()
        .describe('PEM file of the authorities that signed the brokers, where the system has others.'),
      cert: text().exactOptional().describe("PEM file of this client's certificate and its chain, for mutual TLS."),
      key: text().exactOptional().describe('PEM file of the key of `cert`.'),
      passphrase: secret()
        .exactOptional()
        .describe(`Passphrase of \`key\`; better given as ${variables}__TLS__PASSPHRASE_FILE.`),
      servername: text()
        .exactOptional()
        .describe("Name that the brokers' certificates must have, where it is not that of `brokers`."),
    })
    .superRefine(({ cert, key, passphrase }, context) => {
      const complain = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (cert !== undefined && key === undefined) complain('key', 'the PEM file of the key of `cert`');
      if (cert === undefined && key !== undefined) complain('cert', 'the PEM file of the certificate of `key`');
      if (key === undefined && passphrase !== undefined) complain('passphrase', 'left out without a `key`');
    });
}

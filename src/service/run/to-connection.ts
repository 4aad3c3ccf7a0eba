import { readFile } from 'node:fs/promises';
import type { SASLOptions } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { KafkaConnectionOptions } from '../../transport/kafka/kafka-connection.js';
import { createTokenProvider } from '../../transport/kafka/oauth-token.js';
import type { Config } from '../config/schema.js';
import type { Sasl } from '../config/sections/sasl.js';

type KafkaSection = NonNullable<Config['input']['kafka'] | Config['output']['kafka']>;

/**
 * How `input.kafka` or `output.kafka` says that brokers are reached. Certificates and keys are read here, once.
 *
 * @throws SegtideError `config` when one of them can't be read
 */
export async function toConnection(
  { brokers, clientId, rack, requestTimeout, tls, sasl }: KafkaSection,
  clock: Clock = { now: Date.now },
): Promise<KafkaConnectionOptions> {
  return {
    brokers,
    clientId,
    requestTimeoutMs: requestTimeout,
    ...(rack !== undefined && { rack }),
    ...(tls && { tls: await toTls(tls) }),
    ...(sasl && { sasl: toSasl(sasl, clock) }),
  };
}

async function toTls({ ca, cert, key, passphrase, servername }: NonNullable<KafkaSection['tls']>) {
  const [caPem, certPem, keyPem] = await Promise.all([readPem(ca), readPem(cert), readPem(key)]);
  return {
    ...(caPem !== undefined && { ca: caPem }),
    ...(certPem !== undefined && { cert: certPem }),
    ...(keyPem !== undefined && { key: keyPem }),
    ...(passphrase !== undefined && { passphrase }),
    ...(servername !== undefined && { servername }),
  };
}

/** @throws SegtideError `config` when the file can't be read, or is none */
export async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const { message } = cause as Error;
    throw new SegtideError('config', `a file of \`tls\` can't be read: ${message}`, { cause, context: { path } });
  });
  if (text.includes('-----BEGIN ')) return text;
  throw new SegtideError('config', `${path} is not a PEM file; convert it, for instance by openssl`, {
    context: { path },
  });
}

function toSasl(sasl: Sasl, clock: Clock): NonNullable<KafkaConnectionOptions['sasl']> {
  if (sasl.mechanism !== 'oauthbearer') {
    const { mechanism, username, password } = sasl;
    return { mechanism, username, password } as SASLOptions; // which lists the mechanisms one by one
  }
  return {
    mechanism: 'oauthbearer',
    oauthBearerProvider: 'tokenFile' in sasl ? () => readToken(sasl.tokenFile) : createTokenProvider(sasl, clock),
  };
}

/** Whoever put the file there puts a new token into it before the old one expires. */
async function readToken(path: string): Promise<{ value: string }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const { message } = cause as Error;
    const what = `\`sasl.tokenFile\` can't be read: ${message}`;
    throw new SegtideError('transport', what, { cause, context: { path }, retriable: true });
  });
  const value = text.trim();
  if (value !== '') return { value };
  throw new SegtideError('transport', `\`sasl.tokenFile\` names ${path}, which is empty`, {
    context: { path },
    retriable: true,
  });
}

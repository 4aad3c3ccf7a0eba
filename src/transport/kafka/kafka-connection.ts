import type { ConnectionOptions } from 'node:tls';
import type { Kafka, KafkaConfig, RetryOptions } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { createBrokerLinks } from './broker-links.js';

/** How to reach the brokers. */
export interface KafkaConnectionOptions {
  /** `host:port`, at least one. Not needed with `kafka`. */
  readonly brokers?: readonly string[];
  /** Name of this program in the brokers' logs and quotas. @default 'segtide' */
  readonly clientId?: string;
  /** TLS: true, or what `tls.connect` takes. @default false */
  readonly tls?: boolean | ConnectionOptions;
  readonly sasl?: KafkaConfig['sasl'];
  /** Rack or zone of this client: consumers fetch from a replica in it. @default records come from the leaders */
  readonly rack?: string;
  /**
   * A request that a broker has not answered after so long fails, and a connection on which nothing came meanwhile is
   * closed. In ms. @default 30000
   */
  readonly requestTimeoutMs?: number;
  /** The host program's own client; the other options are then its business. */
  readonly kafka?: Kafka;
  /** Takes kafkajs's log entries of level warning and above. @default nothing is logged */
  readonly log?: (entry: KafkaLogEntry) => void;
}

export interface KafkaLogEntry {
  readonly level: 'error' | 'warn';
  readonly text: string;
}

/**
 * How often a request that may succeed later is tried again: ten times, from 10 ms on, doubling up to 2 s. kafkajs
 * would begin at 300 ms, and a short-lived state of the broker (a coordinator that loads) would cost that each time.
 */
export const KAFKA_RETRY: RetryOptions = { initialRetryTime: 10, maxRetryTime: 2000, retries: 10 };

/**
 * The host's Kafka client, or a new one. kafkajs is loaded by the first call.
 *
 * @throws SegtideError `config` without brokers and without a client
 */
export async function openKafka(options: KafkaConnectionOptions): Promise<Kafka> {
  if (options.kafka !== undefined) return options.kafka;
  const { brokers, log } = options;
  if (brokers === undefined || brokers.length === 0) {
    throw new SegtideError('config', '`brokers` is empty; name at least one broker as host:port');
  }
  const { Kafka: Client, logLevel } = await import('kafkajs');
  const { registerCodecs } = await import('./codecs/register-codecs.js');
  await registerCodecs();
  const requestTimeout = options.requestTimeoutMs ?? 30_000;
  const links = createBrokerLinks(requestTimeout);
  const kafka = new Client({
    clientId: options.clientId ?? 'segtide',
    brokers: [...brokers],
    ssl: options.tls ?? false,
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    requestTimeout,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    socketFactory: links.socketFactory,
    retry: KAFKA_RETRY,
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) =>
      log?.({
        level: entry.level === logLevel.ERROR ? 'error' : 'warn',
        text: `${entry.namespace}: ${entry.log.message}`,
      }),
  });
  links.watch(kafka);
  return kafka;
}

/** A connection by TLS takes three ways there and back, on a slow link seconds; kafkajs gives up after one. */
const CONNECTION_TIMEOUT_MS = 10_000;

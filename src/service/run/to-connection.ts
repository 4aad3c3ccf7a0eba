import type { SASLOptions } from 'kafkajs';
import type { KafkaConnectionOptions } from '../../transport/kafka/kafka-connection.js';
import type { Config } from '../config/schema.js';

/** How `input.kafka` or `output.kafka` says that brokers are reached. */
export function toConnection(
  kafka: NonNullable<Config['input']['kafka'] | Config['output']['kafka']>,
): KafkaConnectionOptions {
  const { brokers, clientId, ssl, sasl } = kafka;
  return { brokers, clientId, ssl, ...(sasl && { sasl: sasl as SASLOptions }) };
}

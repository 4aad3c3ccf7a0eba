import * as z from 'zod';
import { OUTPUT_TOPICS } from '../../topics/topic-name.js';
import { text, topicPrefix, whole } from '../kinds.js';
import { kafkaConnection } from './kafka-connection.js';
import { checkRegistryLogin, registryKeys } from './registry.js';
import { topicNames } from './topic-names.js';

/** `output`: where results go. */
export const outputSection = z
  .strictObject({
    kind: z
      .enum(['directory', 'stdout', 'kafka'])
      .default('directory')
      .describe('NDJSON files in a folder, assignments alone on standard output, or Kafka topics.'),
    path: text()
      .exactOptional()
      .describe(
        'Folder of results and checkpoints. Left out it is a fresh `segtide-out/<time>`; with input from Kafka it is `segtide-state/<groupId>`, from which a run goes on by itself.',
      ),
    format: z.enum(['json', 'avro']).default('json').describe('Kafka: how record values are written.'),
    registry: z
      .strictObject({
        ...registryKeys('SEGTIDE_OUTPUT__REGISTRY'),
        subjects: z
          .enum(['topic', 'record', 'topic-record'])
          .default('topic')
          .describe(
            'What subjects are named after: the topic (`<topic>-value`), the record (`segtide.Assignment`), or both (`<topic>-segtide.Assignment`).',
          ),
        autoRegister: z
          .boolean()
          .default(false)
          .describe(
            'Registers schemas that are missing; else the run refuses to start and tells how to register them.',
          ),
      })
      .superRefine(checkRegistryLogin)
      .exactOptional()
      .describe(
        "Kafka, `format: avro`: schema registry whose ids precede the records; left out, they are in Avro's single-object encoding.",
      ),
    compression: z
      .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      .default('none')
      .describe('Kafka: how records are compressed; `zstd` needs Node 22.15 or later.'),
    topicPrefix: topicPrefix().default('segtide.').describe('Kafka: topics are named `<prefix>assignments` and so on.'),
    topics: topicNames,
    createTopics: z
      .boolean()
      .default(false)
      .describe(
        'Kafka: creates topics that are missing, as `segtide topics create` does; else the run refuses to start and names them.',
      ),
    replicationFactor: whole('replicas', { min: 1, max: 32_767 })
      .exactOptional()
      .describe("Kafka: replicas of the topics that are created; left out, the broker's `default.replication.factor`."),
    minInsyncReplicas: whole('replicas', { min: 1, max: 32_767 })
      .exactOptional()
      .describe(
        "Kafka: replicas that must have a record before it counts as written; left out it is one less than `replicationFactor`, or the broker's `min.insync.replicas`.",
      ),
    embeddings: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe('Writes the vector of each scored window; `model.align` maps it onto an earlier model.'),
        format: z
          .enum(['ndjson', 'parquet'])
          .default('ndjson')
          .describe('Folder: one NDJSON file, or Parquet files `embeddings/part-00001.parquet` and so on.'),
        partWindows: whole('windows', { min: 1, max: 1_000_000 })
          .default(20_000)
          .describe('Parquet: windows of one file; so many wait in memory.'),
      })
      .prefault({})
      .describe('The output `embeddings`, written on request.'),
    plugins: z
      .array(
        z.strictObject({
          name: text().describe('One of `plugins`, of kind sink.'),
          outputs: z
            .array(z.enum(OUTPUT_TOPICS))
            .min(1)
            .exactOptional()
            .describe('Outputs whose records it gets. Default: all that are written.'),
        }),
      )
      .default([])
      .describe('Sinks of your own, which get records as well (docs/plugins.md).'),
    kafka: z
      .strictObject(kafkaConnection('SEGTIDE_OUTPUT__KAFKA'))
      .exactOptional()
      .describe('For `kind: kafka`; left out it is the brokers of `input.kafka`.'),
  })
  .prefault({});

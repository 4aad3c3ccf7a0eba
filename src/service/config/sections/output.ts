import * as z from 'zod';
import { text, whole } from '../kinds.js';
import { kafkaConnection } from './kafka-connection.js';

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
    topicPrefix: z.string().default('segtide.').describe('Kafka: topics are named `<prefix>assignments` and so on.'),
    createTopics: z
      .boolean()
      .default(false)
      .describe('Kafka: creates topics that are missing; else the run refuses to start and names them.'),
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
    kafka: z
      .strictObject(kafkaConnection('SEGTIDE_OUTPUT__KAFKA__SASL__PASSWORD_FILE'))
      .exactOptional()
      .describe('For `kind: kafka`; left out it is the brokers of `input.kafka`.'),
  })
  .prefault({});

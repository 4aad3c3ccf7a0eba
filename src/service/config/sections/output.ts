import * as z from 'zod';
import { text } from '../kinds.js';

/** `output`: where results go. */
export const outputSection = z
  .strictObject({
    kind: z
      .enum(['directory', 'stdout', 'kafka'])
      .default('directory')
      .describe(
        'NDJSON files in a folder, assignments alone on standard output, or topics at the brokers of `input.kafka`.',
      ),
    path: text().exactOptional().describe('Folder; left out it is a fresh `segtide-out/<time>`.'),
    topicPrefix: z.string().default('segtide.').describe('Kafka: topics are named `<prefix>assignments` and so on.'),
  })
  .prefault({});

import * as z from 'zod';
import { duration, text, whole } from '../kinds.js';

/** `http`: where health and metrics are served. */
export const httpSection = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether anything is served at all.'),
    host: text()
      .default('127.0.0.1')
      .describe(
        'Address to listen on. Nobody else reaches 127.0.0.1; in a container it is 0.0.0.0, behind a network policy: who reaches it reads all figures.',
      ),
    port: whole('port', { max: 65_535 })
      .exactOptional()
      .describe(
        'Port to listen on; 0 takes any that is free, and the log says which. Left out, it is 9464 between Kafka and Kafka, or any other where that is taken, and files are read without a server.',
      ),
    stuckAfter: duration({ min: 1000 })
      .prefault('1m')
      .describe('A partition that nothing was read of or committed for so long makes its worker not ready.'),
  })
  .prefault({});

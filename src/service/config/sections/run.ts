import * as z from 'zod';
import { duration, whole } from '../kinds.js';

/** `run`: what concerns the program and not the results. */
export const runSection = z
  .strictObject({
    seed: whole('seed', { max: 0xffffffff }).default(42).describe('All that is random follows from it.'),
    checkpointEvery: duration({ min: 100 }).prefault('10s').describe('Time between two checkpoints.'),
    resume: z
      .boolean()
      .default(false)
      .describe(
        'Goes on from the checkpoint in the output folder, where there is one. With input from Kafka a run always does.',
      ),
    encodeThreads: whole('threads', { max: 64 })
      .default(0)
      .describe("Threads that encode windows; 0 encodes them in the stream's own. Results are the same."),
    logEvery: duration()
      .prefault('1m')
      .describe('Time between two lines of log in which a service tells how it is; 0 for none.'),
    logLevel: z
      .enum(['silent', 'error', 'warn', 'info', 'debug'])
      .default('info')
      .describe('Least level that is logged.'),
  })
  .prefault({});

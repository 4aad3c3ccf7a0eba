import * as z from 'zod';
import { duration, text } from '../kinds.js';

export const PLUGIN_NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** `plugins`: modules of the user's own. */
export const pluginsSection = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(PLUGIN_NAME, {
          error: () => 'lower-case letters, digits and `-`, at most 64, a letter first',
        })
        .describe('What other keys, models and records call it.'),
      module: text().describe(
        'ES module: a path from the folder of the config file (`./name.js`), or the name of an installed package.',
      ),
      timeLimit: duration({ min: 1 })
        .prefault('60s')
        .describe('Time that one call of it may take; then it is ended. Its training (`fit`) has that of trainings.'),
    }),
  )
  .default([]);

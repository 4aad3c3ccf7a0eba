import { join } from 'node:path';
import type { Config } from '../config/schema.js';

/**
 * The config with a folder for the checkpoints of a run on Kafka. It has the same name each time, because such a run
 * must find its open windows again: the group's offsets alone would skip their events.
 */
export function settleStateFolder(config: Config): Config {
  const { input, output } = config;
  if (input.kind !== 'kafka' || output.path !== undefined) return config;
  // A group may be called anything, `..` and `a/b` among it.
  const name = encodeURIComponent(input.kafka!.groupId).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));
  return { ...config, output: { ...output, path: join('segtide-state', name) } };
}

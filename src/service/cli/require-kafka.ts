import { SegtideError } from '../../errors.js';
import type { Config } from '../config/schema.js';

/**
 * For commands that work with the topics of workers and trainer.
 *
 * @throws SegtideError `config` where input or output is not Kafka
 */
export function requireKafka({ input, output }: Pick<Config, 'input' | 'output'>, command: string): void {
  if (input.kind === 'kafka' && output.kind === 'kafka') return;
  throw new SegtideError(
    'config',
    `'${command}' works with the topics of workers and trainer: set input.kind and output.kind to kafka (they are ${input.kind} and ${output.kind}), or use 'segtide run' for files`,
  );
}

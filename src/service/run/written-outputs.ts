import { EMBEDDINGS, OUTPUTS } from '../../publish/output.js';
import type { Config } from '../config/schema.js';

/** Names of the outputs that a config asks for, in the order of the pipeline; all but `embeddings` always are. */
export function writtenOutputs({ output }: Pick<Config, 'output'>): readonly string[] {
  return OUTPUTS.map(({ name }) => name).filter((name) => name !== EMBEDDINGS.name || output.embeddings.enabled);
}

import { ALERTS, EMBEDDINGS, OUTPUTS } from '../../publish/output.js';
import type { Config } from '../config/schema.js';

/** Names of the outputs that a config asks for, in the order of the pipeline; all but `embeddings` and `alerts` always are. */
export function writtenOutputs({ output, alerts }: Pick<Config, 'output' | 'alerts'>): readonly string[] {
  return OUTPUTS.map(({ name }) => name).filter((name) => {
    if (name === ALERTS.name) return alerts.kinds.length > 0;
    return name !== EMBEDDINGS.name || output.embeddings.enabled;
  });
}

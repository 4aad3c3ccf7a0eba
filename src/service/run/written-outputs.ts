import { ALERTS, DRIFT, EMBEDDINGS, MODEL_EVENTS, OUTPUTS, SEGMENTS } from '../../publish/output.js';
import type { Config } from '../config/schema.js';

/** Names of the outputs that a config asks for, in the order of the pipeline; all but `embeddings` and `alerts` always are. */
export function writtenOutputs({ output, alerts }: Pick<Config, 'output' | 'alerts'>): readonly string[] {
  return OUTPUTS.map(({ name }) => name).filter((name) => {
    if (name === ALERTS.name) return raisesAlerts(alerts);
    return name !== EMBEDDINGS.name || output.embeddings.enabled;
  });
}

const OF_TRAINERS: readonly string[] = [SEGMENTS.name, DRIFT.name, MODEL_EVENTS.name];

/** Those of them that a role writes, where worker and trainer are apart. */
export function outputsOfRole(
  role: 'worker' | 'trainer',
  config: Pick<Config, 'output' | 'alerts'>,
): readonly string[] {
  return writtenOutputs(config).filter((name) => OF_TRAINERS.includes(name) === (role === 'trainer'));
}

/** Whether there are any, of segtide's own rules or of the user's. */
export function raisesAlerts({ kinds, rules = [] }: Pick<Config['alerts'], 'kinds' | 'rules'>): boolean {
  return kinds.length + rules.length > 0;
}

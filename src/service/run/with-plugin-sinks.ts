import {
  ALERTS,
  DEAD_LETTERS,
  DRIFT,
  EMBEDDINGS,
  LATE,
  MODEL_EVENTS,
  SEGMENTS,
  TRANSITIONS,
} from '../../publish/output.js';
import type { PluginSinks } from '../plugin-sinks.js';
import type { RunOutputs } from './open-outputs.js';

/** The outputs of a run, with sinks of the user's own beside them: a flush is one of all, and what is counted is as before. */
export function withPluginSinks(outputs: RunOutputs, plugins: PluginSinks): RunOutputs {
  const { sinks } = outputs;
  const { beside } = plugins;
  return {
    sinks: {
      assignments: plugins.assignmentsBeside(sinks.assignments),
      transitions: beside(TRANSITIONS, sinks.transitions),
      ...(sinks.embeddings && { embeddings: beside(EMBEDDINGS, sinks.embeddings) }),
      ...(sinks.alerts && { alerts: beside(ALERTS, sinks.alerts) }),
      segments: beside(SEGMENTS, sinks.segments),
      drift: beside(DRIFT, sinks.drift),
      ...(sinks.modelEvents && { modelEvents: beside(MODEL_EVENTS, sinks.modelEvents) }),
      late: beside(LATE, sinks.late),
      deadLetters: beside(DEAD_LETTERS, sinks.deadLetters),
    },
    flush: async () => {
      await Promise.all([outputs.flush(), plugins.flush()]);
    },
    discard: () => outputs.discard(),
    close: async () => {
      try {
        await outputs.close();
      } finally {
        await plugins.close();
      }
    },
    sizes: () => outputs.sizes(),
    get summary() {
      return outputs.summary;
    },
    get ended() {
      return outputs.ended;
    },
  };
}

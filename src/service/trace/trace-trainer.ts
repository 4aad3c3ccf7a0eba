import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { startTraining } from '../../train/start-training.js';
import type { TrainingResult } from '../../train/training-job.js';
import type { TrainerRoleParts } from '../trainer/run-trainer.js';
import { tracedStore } from './trace-worker.js';
import { segtideTracer } from './tracer.js';

/**
 * The same parts, with spans: `segtide.train` of a training in its process, with the gate's verdict as the event `gate`,
 * and `segtide.publish` of the commit after it, by which its model is published. Records of that commit carry its context, so that what
 * workers do with a model can be followed back to its training.
 */
export function tracedTrainer(parts: TrainerRoleParts): TrainerRoleParts {
  const tracer = segtideTracer();
  const train = parts.train ?? startTraining;
  /** The training whose outcome the next commit makes durable. */
  let ended: Context | undefined;
  return {
    ...parts,
    train(job, options) {
      const attributes = { 'segtide.model.number': job.number, 'segtide.train.reasons': [...job.reasons] };
      const span = tracer.startSpan('segtide.train', { attributes }, ROOT_CONTEXT);
      const training = train(job, options);
      training.result.then(
        (result) => {
          if (span.isRecording()) ended = trace.setSpan(ROOT_CONTEXT, span);
          tellGate(span, result);
          span.end();
        },
        (error: Error) => {
          span.recordException(error);
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          span.end();
        },
      );
      return training;
    },
    store: tracedStore(parts.store, tracer, () => {
      if (ended === undefined) return undefined;
      const span = tracer.startSpan('segtide.publish', {}, ended);
      const context = trace.setSpan(ended, span);
      ended = undefined;
      return span.isRecording() ? { span, context } : undefined;
    }),
  };
}

function tellGate(span: Span, { modelVersion, promoted, why, values }: TrainingResult): void {
  if (!span.isRecording()) return;
  span.setAttribute('segtide.model.version', modelVersion);
  const figures = Object.entries(values).filter(([, value]) => typeof value === 'number');
  span.addEvent('gate', {
    ...Object.fromEntries(figures.map(([name, value]) => [`segtide.gate.${name}`, value as number])),
    'segtide.gate.promoted': promoted,
    'segtide.gate.why': [...why],
  });
}

import { concat, defer, ignoreElements, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { SegtideError } from './errors.js';
import type { UsageEvent } from './ingest/usage-event.js';
import type { Sink } from './ports.js';
import { type AssignmentRecord, toAssignmentRecords } from './publish/assignment-record.js';
import { type Receiver, resolveSegment, type SegmentOptions, type SegmentSettings } from './segment-options.js';
import { createSegmentation, type SegmentationOutputs } from './segmentation.js';
import { createEventSource } from './transport/memory/event-source.js';

/**
 * The whole pipeline as one operator: usage events in, one assignment for each window of each customer out, in the
 * order in which windows close. Until the first model is trained assignments have status `warming` and no segment, or
 * `provisional`.
 *
 * - Each subscription is a pipeline of its own, with state, models and trainings of its own. Unsubscribing, an
 *   error and the end all free them.
 * - When the source completes, the last windows close, their assignments are emitted, and the result completes. A
 *   source too short for a model gets one then, and its windows again with the next revision.
 * - Events are batched (`buffer`), and the event loop runs between two batches. A source that pushes cannot be held
 *   back by RxJS: `buffer.maxBuffered` bounds what waits, and beyond it the result fails instead of filling the heap.
 * - Errors of the source are passed on as they are; all others are `SegtideError`s.
 * - State lives as long as the subscription. To go on after a restart, run the `segtide` command, or keep the
 *   snapshots of `createSegmentation`.
 *
 * @throws SegtideError `config` at once, with all that is wrong with the options; `state` when `initialModel` was made for
 * other windows or series
 *
 * @example
 * from(events)
 *   .pipe(segment({ window: { step: 'hour', steps: 24 }, cluster: { k: 6 } }))
 *   .subscribe(({ customerId, segmentId }) => console.log(customerId, segmentId));
 */
export function segment(options: SegmentOptions): OperatorFunction<UsageEvent, AssignmentRecord> {
  const settings = resolveSegment(options);
  return (events$) => new Observable((subscriber) => run(settings, events$, subscriber));
}

function run(settings: SegmentSettings, events$: Observable<UsageEvent>, subscriber: Subscriber<AssignmentRecord>) {
  const { clock, train, initialModel, metrics } = settings;
  const source = createEventSource(settings.buffer, settings.events, { live: clock !== undefined });
  const outputs = toOutputs(settings, subscriber);
  const segmentation = createSegmentation(settings.segmentation, source, outputs, {
    clock,
    train,
    initialModel,
    metrics,
  });

  subscriber.add(() => {
    void source.close();
    void segmentation.stop();
  });
  subscriber.add(
    concat(
      segmentation.page$,
      defer(() => segmentation.end()),
    )
      .pipe(ignoreElements())
      .subscribe({
        complete: () => subscriber.complete(),
        error: (error: unknown) => subscriber.error(toSegtideError(error)),
      }),
  );
  subscriber.add(
    events$.subscribe({
      next: (event) => {
        try {
          source.push(event);
        } catch (error) {
          subscriber.error(toSegtideError(error));
        }
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => source.end(),
    }),
  );
}

/** Sinks that hand records over at once, and none after the end of the subscription. */
function toOutputs({ outputs }: SegmentSettings, subscriber: Subscriber<AssignmentRecord>): SegmentationOutputs {
  const done = async (): Promise<void> => undefined;
  const sink = <T>(name: string, receiver: Receiver<T> | undefined): Sink<T> => ({
    async write(records) {
      if (receiver === undefined) return;
      try {
        for (const record of records) {
          if (subscriber.closed) return;
          if (typeof receiver === 'function') receiver(record);
          else receiver.next(record);
        }
      } catch (cause) {
        const text = cause instanceof Error ? cause.message : String(cause);
        throw new SegtideError('output', `The receiver of \`outputs.${name}\` threw: ${text}`, { cause });
      }
    },
    flush: done,
    close: done,
  });
  return {
    assignments: {
      async write(columns, emittedAt) {
        for (const record of toAssignmentRecords(columns, emittedAt)) {
          if (subscriber.closed) return;
          subscriber.next(record);
        }
      },
      flush: done,
      close: done,
    },
    transitions: sink('transitions', outputs.transitions),
    alerts: outputs.alerts && sink('alerts', outputs.alerts),
    embeddings: outputs.embeddings && sink('embeddings', outputs.embeddings),
    segments: sink('segments', outputs.segments),
    drift: sink('drift', outputs.drift),
    modelEvents: sink('modelEvents', outputs.modelEvents),
    late: sink('late', outputs.late),
    deadLetters: sink('deadLetters', outputs.deadLetters),
  };
}

function toSegtideError(error: unknown): SegtideError {
  if (error instanceof SegtideError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new SegtideError('accounting', `segment() failed unexpectedly: ${text}. Please report it.`, { cause: error });
}

import { Observable, type OperatorFunction } from 'rxjs';
import type { UsageBatch } from '../ingest/usage-batch.js';
import type { WindowBatch } from './window-batch.js';
import type { Windower } from './windower.js';

/**
 * Cuts usage events into windows: each batch's pages of windows, and at the end of the source those that it completes.
 *
 * A page is made when the one before has been taken downstream, so pages must be dealt with synchronously or by a
 * source that waits. Unsubscribing stops between two pages and leaves the windower half way: it is not to be used again.
 *
 * @param windower serves one subscription
 * @param ticks wall-clock times, epoch ms, of a live stream; they close the windows of an idle input
 * @example
 * batches$.pipe(windowByEventTime(createWindower(resolveWindow({ step: 'hour', steps: 24 }))))
 */
export function windowByEventTime(
  windower: Windower,
  ticks?: Observable<number>,
): OperatorFunction<UsageBatch, WindowBatch> {
  return (source) =>
    new Observable((subscriber) => {
      let nowMs: number | undefined;
      const emit = (makePages: () => Iterable<WindowBatch>): void => {
        try {
          for (const page of makePages()) {
            if (subscriber.closed) return;
            subscriber.next(page);
          }
        } catch (error) {
          subscriber.error(error);
        }
      };
      const error = (cause: unknown): void => subscriber.error(cause);
      if (ticks !== undefined) {
        subscriber.add(
          ticks.subscribe({
            next(tick) {
              nowMs = tick;
              emit(() => windower.advance(tick));
            },
            error,
          }),
        );
      }
      subscriber.add(
        source.subscribe({
          next: (batch) => emit(() => windower.push(batch, nowMs)),
          error,
          complete() {
            emit(() => windower.finish());
            subscriber.complete();
          },
        }),
      );
    });
}

import { concatMap, Observable, type OperatorFunction, Subject, takeWhile } from 'rxjs';

/**
 * Pulls values one at a time through the stages: the next is asked for only when the last has come out at the end.
 *
 * RxJS 7 pushes and has no backpressure; here the stages' own output is the demand, so nothing queues anywhere and
 * memory stays bounded whatever the source holds. The stages must give one notification for each that they take.
 * Completes when `next` resolves to undefined; unsubscribing stops the pulling.
 *
 * @example
 * pullThrough(() => source.pull(), (batch$) => batch$.pipe(map(toWindows), concatMap(publish))).subscribe();
 */
export function pullThrough<T, R>(next: () => Promise<T | undefined>, stages: OperatorFunction<T, R>): Observable<R> {
  return new Observable<R>((subscriber) => {
    const demand = new Subject<void>();
    const subscription = demand
      .pipe(
        concatMap(() => next()),
        takeWhile((value): value is Awaited<T> & T => value !== undefined),
        stages,
      )
      .subscribe({
        next: (result) => {
          subscriber.next(result);
          demand.next();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    demand.next();
    return subscription;
  });
}

import { concatMap, map, Observable, type OperatorFunction, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pullThrough } from '../../src/worker/pull-through.js';

/** Values on demand; the test answers each pull by hand. */
function handedOver<T>() {
  const waiting: { resolve(value: T | undefined): void; reject(error: Error): void }[] = [];
  let pulls = 0;
  return {
    next: () => {
      pulls++;
      return new Promise<T | undefined>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    give: async (value: T | undefined) => {
      waiting.shift()!.resolve(value);
      await settled();
    },
    fail: async (error: Error) => {
      waiting.shift()!.reject(error);
      await settled();
    },
    get pulls() {
      return pulls;
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const same = <T>(): OperatorFunction<T, T> => map((value) => value);

/** Collects notifications as marbles: values, | for the end, # for an error. */
function record<T>(observable: Observable<T>) {
  let marbles = '';
  const subscription = observable.subscribe({
    next: (value) => {
      marbles += String(value);
    },
    error: () => {
      marbles += '#';
    },
    complete: () => {
      marbles += '|';
    },
  });
  return { subscription, marbles: () => marbles };
}

describe('pullThrough', () => {
  it('pulls nothing before it is subscribed, and one value then', async () => {
    const source = handedOver<string>();
    const values = pullThrough(source.next, same());
    expect(source.pulls).toBe(0);
    const { marbles } = record(values);
    await settled();
    expect(source.pulls).toBe(1);
    expect(marbles()).toBe('');
  });

  it('emits every value in order and completes at the end', async () => {
    const source = handedOver<string>();
    const { marbles } = record(pullThrough(source.next, same()));
    for (const value of ['a', 'b', 'c', undefined]) await source.give(value);
    expect(marbles()).toBe('abc|');
    expect(source.pulls).toBe(4);
  });

  it('completes at once when there is nothing', async () => {
    const source = handedOver<string>();
    const { marbles } = record(pullThrough(source.next, same()));
    await source.give(undefined);
    expect(marbles()).toBe('|');
  });

  it('keeps one value in flight: the next is pulled when the last stage is done with it', async () => {
    const source = handedOver<string>();
    const stage = new Subject<void>();
    const stages: OperatorFunction<string, string> = concatMap((value) =>
      stage.pipe(
        take(1),
        map(() => value),
      ),
    );
    const { marbles } = record(pullThrough(source.next, stages));
    await source.give('a');
    expect([marbles(), source.pulls]).toEqual(['', 1]);
    stage.next();
    await settled();
    expect([marbles(), source.pulls]).toEqual(['a', 2]);
  });

  it('passes an error of the source on and pulls no more', async () => {
    const source = handedOver<string>();
    const { marbles } = record(pullThrough(source.next, same()));
    await source.give('a');
    await source.fail(new Error('gone'));
    expect(marbles()).toBe('a#');
    expect(source.pulls).toBe(2);
  });

  it('passes on what a source throws before it gives a promise', async () => {
    const { marbles } = record(
      pullThrough(() => {
        throw new Error('gone');
      }, same()),
    );
    await settled();
    expect(marbles()).toBe('#');
  });

  it('passes an error of a stage on and pulls no more', async () => {
    const source = handedOver<string>();
    const failing: OperatorFunction<string, string> = map((value) => {
      if (value === 'b') throw new Error('stage');
      return value;
    });
    const { marbles } = record(pullThrough(source.next, failing));
    await source.give('a');
    await source.give('b');
    expect(marbles()).toBe('a#');
    expect(source.pulls).toBe(2);
  });

  it('stops pulling when it is unsubscribed, in the midst of a pull or of a value', async () => {
    const source = handedOver<string>();
    const { marbles, subscription } = record(pullThrough(source.next, same()));
    await source.give('a');
    subscription.unsubscribe();
    await source.give('b');
    expect(marbles()).toBe('a');
    expect(source.pulls).toBe(2);
  });

  it('unsubscribes from its stages when it is unsubscribed', async () => {
    const source = handedOver<string>();
    let released = 0;
    const held: OperatorFunction<string, string> = concatMap(() => new Observable<string>(() => () => void released++));
    const { subscription } = record(pullThrough(source.next, held));
    await source.give('a');
    subscription.unsubscribe();
    expect(released).toBe(1);
  });

  it('pulls no further for a reader that takes only so many', async () => {
    const source = handedOver<string>();
    const { marbles } = record(pullThrough(source.next, same()).pipe(take(2)));
    for (const value of ['a', 'b']) await source.give(value);
    expect(marbles()).toBe('ab|');
    expect(source.pulls).toBe(2);
  });

  it('starts over for each subscriber', async () => {
    let pulls = 0;
    const values = pullThrough(async () => (++pulls % 3 === 0 ? undefined : 'x'), same());
    const first = record(values);
    await settled();
    const second = record(values);
    await settled();
    expect([first.marbles(), second.marbles()]).toEqual(['xx|', 'xx|']);
  });
});

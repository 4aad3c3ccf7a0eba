import { describe, expect, it } from 'vitest';
import type { Commit, StateStore } from '../../src/transport/kafka/state-store.js';
import { pattern } from './pattern.js';

/** One partition of state, wherever it is, and what can be seen of it from outside. */
export interface StatePlace {
  /** A store of one more owner, not yet open. */
  owner(): Promise<StateStore>;
  /** Values that a reader of the topic gets, in order. */
  published(topic: string): Promise<readonly string[]>;
  /** Next offset that the group has committed. */
  offset(topic: string): Promise<bigint | undefined>;
  /** Log entries that there may be since the last checkpoint. */
  readonly maxLogEntries: number;
  close(): Promise<void>;
}

/** What every state store must keep. */
export function describeStateStoreContract(name: string, make: () => Promise<StatePlace>): void {
  const inPlace = (test: (place: StatePlace) => Promise<void>) => async () => {
    const place = await make();
    try {
      await test(place);
    } finally {
      await place.close();
    }
  };

  describe(`${name} keeps the contract of state stores`, () => {
    it(
      'begins empty',
      inPlace(async (place) => {
        const store = await place.owner();
        expect(await store.open()).toEqual({ checkpoint: undefined, log: [] });
        expect(store.logged).toEqual({ entries: 0, bytes: 0 });
        await store.close();
      }),
    );

    it(
      'hands the next owner the log in order, where there is no checkpoint',
      inPlace(async (place) => {
        const first = await opened(place);
        for (const text of ['one', 'two', 'three']) await first.commit(commitOf({ log: text }));
        expect(first.logged).toEqual({ entries: 3, bytes: 11 });
        await first.close();
        const second = await place.owner();
        expect(texts(await second.open())).toEqual({ checkpoint: undefined, log: ['one', 'two', 'three'] });
        expect(second.logged).toEqual({ entries: 3, bytes: 11 });
        await second.close();
      }),
    );

    it(
      'hands over the last checkpoint and only what was logged since',
      inPlace(async (place) => {
        const first = await opened(place);
        await first.commit(commitOf({ log: 'one' }));
        await first.commit(commitOf({ log: 'two', checkpoint: 'state after two' }));
        expect(first.logged).toEqual({ entries: 0, bytes: 0 });
        await first.commit(commitOf({ log: 'three' }));
        await first.commit(commitOf({}));
        await first.close();
        const second = await place.owner();
        expect(texts(await second.open())).toEqual({ checkpoint: 'state after two', log: ['three'] });
        expect(second.logged).toEqual({ entries: 2, bytes: 5 });
        await second.commit(commitOf({ log: 'four', checkpoint: 'state after four' }));
        await second.commit(commitOf({ checkpoint: '' }));
        await second.close();
        const third = await place.owner();
        expect(texts(await third.open())).toEqual({ checkpoint: '', log: [] });
        await third.close();
      }),
    );

    it(
      'goes on counting where the former owners stopped',
      inPlace(async (place) => {
        for (let owner = 0; owner < 3; owner++) {
          const store = await place.owner();
          const { log } = texts(await store.open());
          expect(log).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'].slice(0, 2 * owner));
          await store.commit(commitOf({ log: `a${owner}` }));
          await store.commit(commitOf({ log: `b${owner}` }));
          await store.close();
        }
      }),
    );

    it(
      'publishes outputs in order, with the offsets that they stand for',
      inPlace(async (place) => {
        const store = await opened(place);
        await store.commit(commitOf({ outputs: ['a', 'b'], offset: 10n }));
        await store.commit(commitOf({ outputs: ['c'], offset: 20n, checkpoint: 'x' }));
        await store.commit(commitOf({ offset: 30n }));
        await store.close();
        expect(await place.published('out')).toEqual(['a', 'b', 'c']);
        expect(await place.offset('in')).toBe(30n);
      }),
    );

    it(
      'lets nobody commit but the last who opened it',
      inPlace(async (place) => {
        const first = await opened(place);
        await first.commit(commitOf({ log: 'one', offset: 1n }));
        const second = await opened(place);
        await expect(first.commit(commitOf({ log: 'zombie', offset: 99n }))).rejects.toMatchObject({ code: 'fenced' });
        await second.commit(commitOf({ log: 'two', offset: 2n }));
        await expect(first.commit(commitOf({ checkpoint: 'zombie' }))).rejects.toMatchObject({ code: 'fenced' });
        await second.commit(commitOf({ log: 'three', offset: 3n }));
        await first.close();
        await second.close();
        const third = await place.owner();
        expect(texts(await third.open()).log).toEqual(['one', 'two', 'three']);
        expect(await place.offset('in')).toBe(3n);
        await third.close();
      }),
    );

    it(
      'refuses more log entries than it keeps, and takes a checkpoint then',
      inPlace(async (place) => {
        const store = await opened(place);
        for (let i = 0; i < place.maxLogEntries; i++) await store.commit(commitOf({ log: `${i}` }));
        await expect(store.commit(commitOf({ log: 'one more' }))).rejects.toMatchObject({ code: 'state' });
        await store.commit(commitOf({ checkpoint: 'all' }));
        for (let i = 0; i < place.maxLogEntries; i++) await store.commit(commitOf({ log: `again ${i}` }));
        await store.close();
        const next = await place.owner();
        const { checkpoint, log } = texts(await next.open());
        expect(checkpoint).toBe('all');
        expect(log).toEqual(Array.from({ length: place.maxLogEntries }, (_, i) => `again ${i}`));
        await next.close();
      }),
    );

    it(
      'keeps checkpoints of any size, shorter and longer by turns',
      inPlace(async (place) => {
        let store = await opened(place);
        for (const size of [3_000_000, 10, 786_432, 786_433, 2_000_000, 0, 1_600_000]) {
          await store.commit(commitOf({}, pattern(size)));
          await store.commit(commitOf({ log: `${size}` }));
          await store.close();
          store = await place.owner();
          const { checkpoint, log } = await store.open();
          expect(Buffer.compare(checkpoint!, pattern(size))).toBe(0);
          expect(log.map((entry) => Buffer.from(entry).toString())).toEqual([`${size}`]);
        }
        await store.close();
      }),
    );

    it(
      'leaves what it was given as it was, and is not changed by what becomes of it later',
      inPlace(async (place) => {
        const store = await opened(place);
        const [log, checkpoint] = [bytes('log'), bytes('checkpoint')];
        await store.commit({ outputs: new Map(), offsets: new Map(), checkpoint });
        await store.commit({ outputs: new Map(), offsets: new Map(), log });
        expect([log, checkpoint]).toEqual([bytes('log'), bytes('checkpoint')]);
        log.fill(0);
        checkpoint.fill(0);
        await store.close();
        const next = await place.owner();
        expect(texts(await next.open())).toEqual({ checkpoint: 'checkpoint', log: ['log'] });
        await next.close();
      }),
    );

    it(
      'takes no commits before it is open and after it is closed',
      inPlace(async (place) => {
        const store = await place.owner();
        await expect(store.commit(commitOf({ log: 'early' }))).rejects.toMatchObject({ code: 'state' });
        await store.open();
        await store.close();
        await store.close();
        await expect(store.commit(commitOf({ log: 'late' }))).rejects.toMatchObject({ code: 'aborted' });
      }),
    );
  });
}

async function opened(place: StatePlace): Promise<StateStore> {
  const store = await place.owner();
  await store.open();
  return store;
}

interface CommitText {
  readonly outputs?: readonly string[];
  readonly offset?: bigint;
  readonly log?: string;
  readonly checkpoint?: string;
}

/** A commit in words, of outputs to the topic `out` and an offset of the topic `in`. */
export function commitOf({ outputs = [], offset, log, checkpoint }: CommitText, state?: Uint8Array): Commit {
  return {
    outputs: new Map([['out', outputs.map((value) => ({ key: value, value, partition: 0 }))]]),
    offsets: new Map(offset === undefined ? [] : [['in', offset]]),
    log: log === undefined ? undefined : bytes(log),
    checkpoint: state ?? (checkpoint === undefined ? undefined : bytes(checkpoint)),
  };
}

export function texts(stored: { checkpoint: Uint8Array | undefined; log: readonly Uint8Array[] }) {
  const text = (each: Uint8Array): string => Buffer.from(each).toString();
  return {
    checkpoint: stored.checkpoint === undefined ? undefined : text(stored.checkpoint),
    log: stored.log.map(text),
  };
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { StateStore } from '../../src/transport/kafka/state-store.js';
import { commitOf, texts } from '../contract/state-store.js';
import { API, type FaultProxy, startFaultProxy } from '../support/kafka/fault-proxy.js';
import { until } from '../support/kafka/read-group.js';
import { startBroker } from '../support/kafka/start.js';
import { createStatePlace, type KafkaStatePlace, openTestKafka } from '../support/kafka/state-place.js';

const brokers = inject('brokers');
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(brokers[0]!);
});
afterAll(() => proxy.close());

/** A client whose connections can be broken, and which soon notices that a reply is lost. */
const faulty = () => openTestKafka(brokers, { socketFactory: proxy.socketFactory, requestTimeout: 800 });

/** Everything there is for a new owner and for readers. */
async function found(place: KafkaStatePlace) {
  const store = place.store();
  const { checkpoint, log } = texts(await store.open());
  await store.close();
  return { checkpoint, log, published: await place.published('out'), offset: await place.offset('in') };
}

async function opened(store: StateStore): Promise<StateStore> {
  await store.open();
  return store;
}

describe('exactly once: a commit is there, and there once', () => {
  const steps = ['addPartitionsToTxn', 'produce', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const;
  const breaks = steps.flatMap((step) => [
    { step, at: 'request', fate: 'cut' } as const,
    { step, at: 'reply', fate: 'cut' } as const,
  ]);

  it.each([
    ...breaks,
    { step: 'endTxn', at: 'request', fate: 'lose' } as const,
    { step: 'endTxn', at: 'reply', fate: 'lose' } as const,
    { step: 'produce', at: 'reply', fate: 'lose' } as const,
  ])('where the $at of $step is $fate', async ({ step, at, fate }) => {
    const place = await createStatePlace(brokers);
    const store = await opened(place.store({}, faulty()));
    await store.commit(commitOf({ outputs: ['a'], log: 'one', offset: 1n }));
    const struck = proxy.inject({ at, api: API[step], fate });
    await store.commit(commitOf({ outputs: ['b'], log: 'two', offset: 2n }));
    expect(struck()).toBe(1);
    await store.commit(commitOf({ outputs: ['c'], log: 'three', offset: 3n }));
    await store.close();
    expect(await found(place)).toEqual({
      checkpoint: undefined,
      log: ['one', 'two', 'three'],
      published: ['a', 'b', 'c'],
      offset: 3n,
    });
    await place.close();
  });

  it('where three replies to commits in a row are lost, those of the claims among them', async () => {
    const place = await createStatePlace(brokers);
    const store = await opened(place.store({}, faulty()));
    const struck = proxy.inject({ at: 'reply', api: API.endTxn, fate: 'lose', times: 3 });
    await store.commit(commitOf({ outputs: ['a'], checkpoint: 'one', offset: 1n }));
    expect(struck()).toBe(3);
    await store.commit(commitOf({ outputs: ['b'], log: 'two', offset: 2n }));
    await store.close();
    expect(await found(place)).toEqual({ checkpoint: 'one', log: ['two'], published: ['a', 'b'], offset: 2n });
    await place.close();
  });

  it.each(['initProducerId', 'produce', 'endTxn'] as const)('where opening is broken at %s', async (step) => {
    const place = await createStatePlace(brokers);
    const first = await opened(place.store());
    await first.commit(commitOf({ outputs: ['a'], log: 'one', offset: 1n }));
    await first.close();
    const struck = proxy.inject({ at: 'reply', api: API[step], fate: 'cut' });
    const second = place.store({}, faulty());
    expect(texts(await second.open()).log).toEqual(['one']);
    expect(struck()).toBe(1);
    await second.commit(commitOf({ outputs: ['b'], log: 'two', offset: 2n }));
    await second.close();
    expect(await found(place)).toMatchObject({ log: ['one', 'two'], published: ['a', 'b'] });
    await place.close();
  });

  it('of a commit that was interrupted for good, the next owner sees nothing', async () => {
    const place = await createStatePlace(brokers);
    const first = await opened(place.store({}, faulty()));
    await first.commit(commitOf({ outputs: ['a'], log: 'one', offset: 1n }));
    proxy.inject({ at: 'request', api: API.endTxn, fate: 'lose', times: 1 });
    const interrupted = first.commit(commitOf({ outputs: ['b'], checkpoint: 'two', offset: 2n }));
    await sleep(200);
    await first.close();
    await expect(interrupted).rejects.toMatchObject({ code: 'aborted' });
    expect(await found(place)).toEqual({ checkpoint: undefined, log: ['one'], published: ['a'], offset: 1n });
    await place.close();
  });
});

describe('a former owner', () => {
  it.each(['request', 'reply'] as const)(
    'whose commit lost its %s does not win the partition back, nor disturb the new owner',
    async (at) => {
      const place = await createStatePlace(brokers);
      const first = await opened(place.store({}, faulty()));
      await first.commit(commitOf({ outputs: ['a'], log: 'one', offset: 1n }));
      let second: StateStore | undefined;
      proxy.inject({
        at,
        api: API.endTxn,
        // The other one takes over before the first notices anything.
        fate: async () => {
          second = await opened(place.store());
          return 'cut';
        },
      });
      await expect(first.commit(commitOf({ outputs: ['b'], log: 'two', offset: 2n }))).rejects.toMatchObject({
        code: 'fenced',
      });
      await second!.commit(commitOf({ outputs: ['c'], log: 'three', offset: 3n }));
      await first.close();
      await second!.close();
      const took = at === 'reply';
      expect(await found(place)).toMatchObject({
        log: took ? ['one', 'two', 'three'] : ['one', 'three'],
        published: took ? ['a', 'b', 'c'] : ['a', 'c'],
        offset: 3n,
      });
      await place.close();
    },
  );

  it('that fences the new one between its look and its claim gives up, and whoever opens next has all', async () => {
    const place = await createStatePlace(brokers);
    const first = await opened(place.store({}, faulty()));
    await first.commit(commitOf({ outputs: ['a'], log: 'one', offset: 1n }));
    proxy.inject({ at: 'request', api: API.endTxn, fate: 'cut' });
    let second: StateStore | undefined;
    // Two requests make a producer: one of kafkajs's own, and the one that fences.
    proxy.inject({ at: 'request', api: API.initProducerId, fate: 'pass' });
    proxy.inject({
      at: 'request',
      api: API.initProducerId,
      fate: async () => {
        second = await opened(place.store());
        await second.commit(commitOf({ outputs: ['c'], log: 'three', offset: 3n }));
        return 'pass';
      },
    });
    await expect(first.commit(commitOf({ outputs: ['b'], log: 'two', offset: 2n }))).rejects.toMatchObject({
      code: 'fenced',
    });
    await expect(second!.commit(commitOf({ log: 'four', offset: 4n }))).rejects.toMatchObject({ code: 'fenced' });
    await first.close();
    await second!.close();
    expect(await found(place)).toMatchObject({ log: ['one', 'three'], published: ['a', 'c'], offset: 3n });
    await place.close();
  });
});

describe('errors of a commit', () => {
  it('that would come again are told at once, and leave no open transaction', async () => {
    const place = await createStatePlace(brokers);
    const store = await opened(place.store());
    const outputs = new Map([['out', [{ key: 'k', value: Buffer.alloc(2_000_000), partition: 0 }]]]);
    await expect(store.commit({ outputs, offsets: new Map() })).rejects.toMatchObject({
      code: 'transport',
      retriable: false,
    });
    expect(await place.published('out')).toEqual([]);
    await store.close();
    await place.close();
  });

  it('are told as retriable once nothing helped for as long as was asked for', async () => {
    const place = await createStatePlace(brokers);
    const store = await opened(place.store({ outageMs: 1500 }, faulty()));
    proxy.open = false;
    proxy.cutAll();
    const commit = commitOf({ log: 'one' });
    await expect(store.commit(commit)).rejects.toMatchObject({ code: 'transport', retriable: true });
    proxy.open = true;
    // What became of the first is unknown; only who opens the store anew can tell.
    await expect(store.commit(commit)).rejects.toMatchObject({ code: 'transport' });
    await store.close();
    await place.close();
  });
});

describe('old records', () => {
  it('are removed once a checkpoint has made them needless, where the topic lets them', async () => {
    const place = await createStatePlace(brokers, { cleanup: 'compact,delete' });
    const low = async () => {
      const ranges = await place.admin.fetchTopicOffsets(place.stateTopic);
      return Number(ranges.find(({ partition }) => partition === 1)!.low);
    };
    const store = await opened(place.store());
    for (const text of ['one', 'two', 'three']) await store.commit(commitOf({ log: text }));
    await store.commit(commitOf({ checkpoint: 'three' }));
    // Claim, marker, three entries with a marker each: the checkpoint begins at 8, or later where a claim was repeated.
    await until(async () => (await low()) >= 8);
    await store.commit(commitOf({ log: 'four' }));
    await store.close();
    expect(await found(place)).toMatchObject({ checkpoint: 'three', log: ['four'] });
    await place.close();
  });

  it('stay where the topic is only compacted, and nobody is troubled', async () => {
    const place = await createStatePlace(brokers);
    const failed: Error[] = [];
    const store = await opened(place.store({ onTrimFailed: (error) => failed.push(error) }));
    for (let i = 0; i < 3; i++) await store.commit(commitOf({ checkpoint: `${i}` }));
    await sleep(500);
    await store.close();
    expect(failed).toEqual([]);
    expect(await found(place)).toMatchObject({ checkpoint: '2', log: [] });
    await place.close();
  });
});

describe('a broker that is killed', () => {
  it.each([true, false])('loses nothing of what was committed (transactional: %s)', async (transactional) => {
    const broker = await startBroker();
    try {
      const place = await createStatePlace(broker.brokers);
      const open = () => opened(transactional ? place.store() : place.plainStore());
      const store = await open();
      const done: string[] = [];
      let working = true;
      const work = async () => {
        for (let i = 0; working; i++) {
          const text = `${i}`;
          done.push(text);
          const state = i % 5 === 4 ? { checkpoint: done.join() } : { log: text };
          await store.commit(commitOf({ outputs: [text], offset: BigInt(i), ...state }));
        }
      };
      const worked = work();
      for (let kill = 1; kill <= 2; kill++) {
        await until(() => done.length > 20 * kill);
        await broker.kill();
        await broker.start();
      }
      await until(() => done.length > 60);
      working = false;
      await worked;
      await store.close();
      const last = transactional ? place.store() : place.plainStore();
      const { checkpoint, log } = texts(await last.open());
      expect([...checkpoint!.split(','), ...log]).toEqual(done);
      const published = await place.published('out');
      if (transactional) expect(published).toEqual(done);
      else expect([...new Set(published)]).toEqual(done);
      await last.close();
      await place.close();
    } finally {
      await broker.remove();
    }
  });
});

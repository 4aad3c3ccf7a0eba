import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, KafkaJSConnectionError, KafkaJSNonRetriableError } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { restartConsumer } from '../../../src/transport/kafka/consumer-restart.js';

/** The events of a consumer, as a test tells them. */
function watched(outageMs = 60_000) {
  const events = new EventEmitter();
  const consumer = {
    events: { GROUP_JOIN: 'joined', CRASH: 'crashed' },
    on: (name: string, listener: (event: unknown) => void) => events.on(name, listener),
  } as unknown as Pick<Consumer, 'on' | 'events'>;
  const run = vi.fn(async () => {});
  const failed = vi.fn();
  const restart = restartConsumer(consumer, run, outageMs, failed);
  return {
    ...{ restart, run, failed },
    join: () => events.emit('joined', {}),
    crash: (error: Error, again = false) => events.emit('crashed', { payload: { error, restart: again } }),
  };
}

const LOST = Object.assign(new KafkaJSNonRetriableError('no coordinator'), { name: 'KafkaJSGroupCoordinatorNotFound' });

it('starts a consumer again that was in its group and finds no coordinator any more', async () => {
  const { join, crash, run, failed } = watched();
  join();
  crash(LOST);
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  // Still away.
  crash(new KafkaJSConnectionError('refused'));
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2), { timeout: 10_000 });
  expect(failed).not.toHaveBeenCalled();
});

it('gives one up that has never been in its group: it may have no right to', () => {
  const { crash, run, failed } = watched();
  crash(LOST);
  expect(failed).toHaveBeenCalledExactlyOnceWith(LOST);
  expect(run).not.toHaveBeenCalled();
});

it('gives up what brokers refuse, and what lasts too long', async () => {
  const { join, crash, run, failed } = watched(1000);
  join();
  const refusal = new KafkaJSNonRetriableError('not allowed');
  crash(refusal);
  expect(failed).toHaveBeenLastCalledWith(refusal);
  crash(LOST);
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  crash(LOST);
  expect(failed).toHaveBeenLastCalledWith(LOST);
});

it('leaves alone what kafkajs restarts by itself, and what was closed', async () => {
  const { restart, join, crash, run, failed } = watched();
  join();
  crash(LOST, true);
  crash(LOST);
  restart.close();
  await sleep(1500);
  expect(run).not.toHaveBeenCalled();
  expect(failed).not.toHaveBeenCalled();
});

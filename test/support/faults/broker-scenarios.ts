import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../kafka/cluster.js';
import { API, startFaultProxy } from '../kafka/fault-proxy.js';
import { play, type ScenarioResult, type Stage } from './scenario.js';
import { isAssigned, type RepeatedFaults } from './worker-scenarios.js';

/** kill -9 of the broker under load, and its restart. */
export function killBroker(stage: Stage, { times, withinMs }: RepeatedFaults): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed }, random) => {
    const share = Math.ceil(feed.left / (times + 1));
    await startWorker().said(isAssigned);
    for (let i = 0; i < times; i++) {
      const feeding = feed.next(share, withinMs);
      await sleep(random.next() * withinMs);
      await stage.broker.kill();
      await stage.broker.start();
      await feeding;
    }
    return { faults: times };
  });
}

/** The broker is away for a while: the worker waits in bounded memory, and goes on by itself. */
export function stopBroker(stage: Stage, { awayMs }: { readonly awayMs: number }): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed, lag }) => {
    const worker = startWorker();
    await worker.said(isAssigned);
    await feed.next(Math.floor(feed.left / 2));
    await stage.broker.kill();
    const before = await worker.residentBytes();
    let most = before;
    for (let passed = 0; passed < awayMs; passed += 500) {
      await sleep(500);
      most = Math.max(most, await worker.residentBytes());
    }
    await stage.broker.start();
    const backAt = Date.now();
    await feed.next(feed.left);
    await lag.caughtUp();
    const notes = [
      `resident memory ${toMiB(before)} MiB before, at most ${toMiB(most)} MiB while it waited`,
      `caught up ${Date.now() - backAt} ms after the broker was back`,
    ];
    return { faults: 1, notes };
  });
}

/** A worker that is told to stop while the broker is away: it ends in time, and the next one goes on where it was. */
export function stopWhileAway(stage: Stage): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed }) => {
    const worker = startWorker();
    await worker.said(isAssigned);
    await feed.next(Math.floor(feed.left / 2), 1000);
    await stage.broker.kill();
    const askedAt = Date.now();
    const { code } = await worker.end('SIGTERM');
    const endedMs = Date.now() - askedAt;
    await stage.broker.start();
    startWorker();
    return { faults: 1, notes: [`ended with exit code ${code} after ${endedMs} ms`] };
  });
}

/** One of three brokers is killed, one after another, and comes back. */
export async function killOneOfThree(
  stage: Stage,
  guarantee: 'exactly-once' | 'at-least-once',
  { times, withinMs }: RepeatedFaults,
): Promise<ScenarioResult> {
  const { brokers, nodes, untilInSync, remove } = await startCluster();
  try {
    return await play(stage, { brokers, guarantee }, async ({ startWorker, feed }, random) => {
      const share = Math.ceil(feed.left / (2 * times + 1));
      await startWorker().said(isAssigned);
      for (let i = 0; i < times; i++) {
        const node = nodes[i % nodes.length]!;
        const feeding = feed.next(share, withinMs);
        await sleep(random.next() * withinMs);
        await node.kill();
        await feeding;
        // The other two go on.
        await feed.next(share, withinMs);
        await node.start();
        await untilInSync();
      }
      return { faults: times };
    });
  } finally {
    await remove();
  }
}

export interface ProxyFaults {
  /** Commits whose reply is lost: the connection stays, and nothing comes. */
  readonly lost: number;
  /** Commits in place of whose reply the connection is reset. */
  readonly cut: number;
  /** Times that all connections are reset. */
  readonly resets: number;
  readonly everyMs: number;
}

/** Commits whose reply never comes, and connections that break, with a network in between that is slow. */
export function breakConnections(
  stage: Stage,
  { lost, cut, resets, everyMs }: ProxyFaults,
  latency: { readonly meanMs: number; readonly spreadMs: number },
): Promise<ScenarioResult> {
  const { proxied } = stage;
  const workerBrokers = [`127.0.0.1:${proxied.port}`];
  // A session is longer than it takes to say that it goes on, and a lost reply is noticed between two faults.
  const sessionTimeout = Math.round(Math.max(3000, 20 * latency.meanMs));
  const requestTimeout = Math.max(1000, 20 * latency.meanMs);
  return play(stage, { workerBrokers, sessionTimeout, requestTimeout }, async ({ startWorker, feed, lag }, random) => {
    const proxy = await startFaultProxy(proxied.broker, proxied.port);
    try {
      const worker = startWorker();
      await worker.said(isAssigned);
      proxy.delayMs = () => latency.meanMs + (2 * random.next() - 1) * latency.spreadMs;
      const rounds = Math.max(lost, cut, resets, 1);
      const share = Math.ceil(feed.left / rounds);
      const struck: (() => number)[] = [];
      for (let i = 0; i < rounds; i++) {
        if (i < lost) struck.push(proxy.inject({ at: 'reply', api: API.endTxn, fate: 'lose' }));
        if (i < cut) struck.push(proxy.inject({ at: 'reply', api: API.endTxn, fate: 'cut' }));
        await feed.next(share, everyMs);
        if (i < resets) proxy.cutAll();
      }
      await lag.caughtUp();
      await worker.end('SIGTERM');
      const met = struck.reduce((sum, count) => sum + count(), 0);
      return { faults: met + resets, notes: [`${met} of ${lost + cut} replies to commits`, `${resets} resets of all`] };
    } finally {
      await proxy.close();
    }
  });
}

/** Links that are half open: connections stay, and nothing comes through any more, as when a firewall forgets them. */
export function freezeLinks(
  stage: Stage,
  { times, everyMs }: { readonly times: number; readonly everyMs: number },
): Promise<ScenarioResult> {
  const { proxied } = stage;
  const requestTimeout = 1000;
  return play(
    stage,
    { workerBrokers: [`127.0.0.1:${proxied.port}`], requestTimeout },
    async ({ startWorker, feed, lag }) => {
      const proxy = await startFaultProxy(proxied.broker, proxied.port);
      try {
        const worker = startWorker();
        await worker.said(isAssigned);
        const share = Math.ceil(feed.left / (times + 1));
        let longestMs = 0;
        for (let i = 0; i < times; i++) {
          await feed.next(share, everyMs);
          const frozenAt = Date.now();
          proxy.freezeAll();
          await feed.next(10);
          await lag.caughtUp();
          longestMs = Math.max(longestMs, Date.now() - frozenAt);
        }
        await feed.next(feed.left);
        await lag.caughtUp();
        await worker.end('SIGTERM');
        return {
          faults: times,
          notes: [`caught up within ${longestMs} ms, ${requestTimeout} of them a request's time-out`],
        };
      } finally {
        await proxy.close();
      }
    },
  );
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

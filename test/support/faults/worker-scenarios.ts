import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleProcess } from './role-process.js';
import { play, type ScenarioResult, type Stage } from './scenario.js';

export interface RepeatedFaults {
  readonly times: number;
  /** Time from a start to the next fault, at most. In ms. */
  readonly withinMs: number;
}

/** kill -9 of one of the workers at a random time, which another process replaces. */
export function killWorkers(
  stage: Stage,
  workers: number,
  { times, withinMs }: RepeatedFaults,
): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed }, random) => {
    const share = Math.ceil(feed.left / (times + 1));
    const running = Array.from({ length: workers }, () => startWorker());
    for (let i = 0; i < times; i++) {
      const feeding = feed.next(share, withinMs);
      const victim = random.below(workers);
      await sleep(random.next() * withinMs);
      await running[victim]!.end('SIGKILL');
      running[victim] = startWorker();
      await feeding;
    }
    return { faults: times };
  });
}

/** Four workers, each of which is told to stop in turn while its successor starts. */
export function restartInTurn(stage: Stage, { times, withinMs }: RepeatedFaults): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed }) => {
    const running = Array.from({ length: 4 }, () => startWorker());
    await Promise.all(running.map((worker) => worker.said(isAssigned)));
    const share = Math.ceil(feed.left / (times + 1));
    for (let i = 0; i < times; i++) {
      const feeding = feed.next(share, withinMs);
      const next = startWorker();
      await running[i % 4]!.end('SIGTERM');
      running[i % 4] = next;
      await next.said(isAssigned);
      await feeding;
    }
    return { faults: times };
  });
}

/** SIGSTOP for longer than the session lasts, while a peer takes over; then SIGCONT. */
export function suspendWorkers(stage: Stage, { times, withinMs }: RepeatedFaults): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed }, random) => {
    const share = Math.ceil(feed.left / (times + 1));
    let old = startWorker(true);
    await old.said(isAssigned);
    let peer = startWorker(true);
    await peer.said(isAssigned);
    let longestBackMs = 0;
    let exits = 0;
    for (let i = 0; i < times; i++) {
      const feeding = feed.next(share, 2 * withinMs);
      await sleep(random.next() * withinMs);
      const heard = peer.log.length;
      old.send('SIGSTOP');
      await peer.said(isAssigned, heard);
      await sleep(random.next() * withinMs);
      const before = old.log.length;
      const resumedAt = Date.now();
      old.send('SIGCONT');
      await Promise.race([old.said(isAssigned, before), old.ended]).catch(() => {});
      longestBackMs = Math.max(longestBackMs, Date.now() - resumedAt);
      if (!old.isRunning) {
        exits++;
        old = startWorker(true);
        await old.said(isAssigned);
      }
      await feeding;
      [old, peer] = [peer, old];
    }
    return { faults: times, notes: [`back after at most ${longestBackMs} ms`, `${exits} exits`] };
  });
}

/** SIGTERM under load: the worker ends, and its successor has the partitions without waiting for its session's end. */
export function terminateWorkers(
  stage: Stage,
  guarantee: 'exactly-once' | 'at-least-once',
  { times, withinMs }: RepeatedFaults,
): Promise<ScenarioResult> {
  return play(stage, { guarantee, sessionTimeout: 30_000 }, async ({ startWorker, feed }, random) => {
    const share = Math.ceil(feed.left / (times + 1));
    let worker = startWorker();
    let longestStopMs = 0;
    let longestStartMs = 0;
    for (let i = 0; i < times; i++) {
      await worker.said(isAssigned);
      longestStartMs = Math.max(longestStartMs, Date.now() - worker.startedAt);
      const feeding = feed.next(share, withinMs);
      await sleep(random.next() * withinMs);
      const askedAt = Date.now();
      const { code, text } = await worker.end('SIGTERM');
      longestStopMs = Math.max(longestStopMs, Date.now() - askedAt);
      if (code !== 0) throw new Error(`a worker that was told to stop ended with ${code}:\n${text}`);
      worker = startWorker();
      await feeding;
    }
    const notes = [
      `stopped within ${longestStopMs} ms`,
      `the next has partitions ${longestStartMs} ms after its start`,
    ];
    return { faults: times, notes };
  });
}

/** One worker, then one more every few seconds, then fewer again. */
export function scaleWorkers(
  stage: Stage,
  { most, rounds, everyMs }: { readonly most: number; readonly rounds: number; readonly everyMs: number },
): Promise<ScenarioResult> {
  return play(stage, {}, async ({ startWorker, feed, lag }) => {
    const changes = 2 * (most - 1) * rounds;
    const share = Math.ceil(feed.left / (changes + 1));
    const running: RoleProcess[] = [startWorker()];
    for (let round = 0; round < rounds; round++) {
      for (let i = 1; i < most; i++) {
        running.push(startWorker());
        await feed.next(share, everyMs);
      }
      for (let i = 1; i < most; i++) {
        const [first] = running.splice(0, 1);
        const ending = first!.end('SIGTERM');
        await feed.next(share, everyMs);
        await ending;
      }
    }
    await feed.next(feed.left);
    const fedAt = Date.now();
    await lag.caughtUp();
    return { faults: changes, notes: [`lag is 0 ${Date.now() - fedAt} ms after the last change`] };
  });
}

export function isAssigned({ msg }: { readonly msg: string }): boolean {
  return msg === 'partition assigned';
}

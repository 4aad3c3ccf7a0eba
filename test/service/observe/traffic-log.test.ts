import { expect, it } from 'vitest';
import { createHealth } from '../../../src/service/http/health.js';
import { createLog } from '../../../src/service/log.js';
import { createTrafficLog } from '../../../src/service/observe/traffic-log.js';

/** A service whose clock, checks and records are set by hand. */
function createService(reads = true) {
  const lines: string[] = [];
  const health = createHealth();
  const facts = { now: 0, waiting: undefined as number | undefined, problem: undefined as string | undefined };
  health.add('worker.assigned', () => ({ ok: true, detail: 'partitions 0, 1' }));
  health.add('worker.progressing', () => ({
    ok: facts.problem === undefined,
    detail: facts.problem ?? 'looked after',
  }));
  const traffic = createTrafficLog({
    log: createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) }),
    reads,
    health,
    waiting: () => facts.waiting,
    now: () => facts.now,
    everyMs: 1_000_000,
  });
  return {
    facts,
    health,
    read: (events: number) =>
      traffic.take({ phase: '2 partitions', events, windows: 3, watermark: 86_400_000, modelVersion: 'v1' }),
    /** The line that is written a minute later. */
    look() {
      facts.now += 60_000;
      traffic.look();
      const { time: _, ...line } = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
      return line;
    },
  };
}

it('a service that reads tells what it has read since', () => {
  const { read, look } = createService();
  read(600);
  expect(look()).toMatchObject({ level: 'info', msg: 'at work', events: 600, eventsPerSecond: 10, modelVersion: 'v1' });
  read(1800);
  expect(look()).toMatchObject({ eventsPerSecond: 20, watermark: '1970-01-02T00:00:00.000Z' });
});

it('one without traffic says so, and for how long, while nothing waits for it', () => {
  const { facts, read, look } = createService();
  read(600);
  look();
  facts.waiting = 0;
  expect(look()).toEqual({
    level: 'info',
    msg: 'no traffic: all that is there was read, and brokers answer',
    idleSeconds: 60,
  });
  expect(look()).toMatchObject({ idleSeconds: 120 });
});

it('one that is stuck says what hangs, as a warning', () => {
  const { facts, look } = createService();
  facts.problem = 'partition 1 hangs: nothing was read or committed for 70 s; brokers may be away';
  expect(look()).toEqual({ level: 'warn', msg: `stuck: ${facts.problem}`, check: 'worker.progressing' });
});

it('one that reads nothing while records wait is no service without traffic', () => {
  const { facts, look } = createService();
  expect(look()).toMatchObject({ level: 'info', msg: 'no events came; whether records wait is not known' });
  facts.waiting = 12;
  expect(look()).toMatchObject({ level: 'warn', msg: 'nothing was read, and yet records wait', records: 12 });
});

it('one that starts is not ready, and not stuck', () => {
  const { health, look } = createService();
  health.add('worker.restored', () => ({ ok: false, detail: 'restoring the state of partitions 0' }));
  expect(look()).toMatchObject({ level: 'info', msg: 'not ready: restoring the state of partitions 0' });
});

it('one that reads no events tells what its checks say', () => {
  const { look } = createService(false);
  expect(look()).toMatchObject({ msg: 'well: partitions 0, 1; looked after' });
});

import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import type { ReceiverMeter } from '../../../src/metrics/notify-meter.js';
import type { Config } from '../../../src/service/config/schema.js';
import { createLog } from '../../../src/service/log.js';
import { openNotifiers } from '../../../src/service/notify/open-notifiers.js';
import { type Answer, openScriptedReceiver, type ScriptedReceiver } from '../../support/alert-receiver.js';
import { pipelineConfig, toConfig } from '../../support/kafka/pipeline-config.js';
import { NOW, raised } from './raised-alert.js';

const opened: ScriptedReceiver[] = [];
afterEach(async () => {
  for (const receiver of opened.splice(0)) await receiver.close();
});

/** A receiver that answers by a script, and what tells it, at once unless it is said otherwise. */
async function openTelling(
  script: readonly Answer[],
  notify: Readonly<Record<string, unknown>> = {},
  keys: Readonly<Record<string, unknown>> = {},
  kind: 'webhook' | 'alertmanager' = 'webhook',
) {
  const receiver = await openScriptedReceiver(script);
  opened.push(receiver);
  const alerts = {
    notify: { groupWait: '10ms', giveUpAfter: '20s', [kind]: { url: `${receiver.url}/hook/`, ...keys }, ...notify },
  };
  const config: Config = toConfig(pipelineConfig({ paths: ['none'] }, { path: 'none' }, { alerts }));
  const lines: string[] = [];
  const counts: Record<string, number> = {};
  const meter: ReceiverMeter = {
    became: (outcome, count) => {
      counts[outcome] = (counts[outcome] ?? 0) + count;
    },
    request: (result) => {
      counts[`request ${result}`] = (counts[`request ${result}`] ?? 0) + 1;
    },
    waiting: () => undefined,
  };
  const stop = new AbortController();
  const [notifier] = await openNotifiers(config, config.alerts.notify!, {
    log: createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) }),
    clock: { now: () => NOW },
    signal: stop.signal,
    meter: { receiver: () => meter },
  });
  const deliver = (...given: Alert[]) =>
    notifier!.deliver(given.map((alert, i) => ({ alert, position: `alerts/0@${i}` })));
  return { receiver, deliver, counts, lines, stop, hurry: () => notifier!.hurry() };
}

describe('a webhook', () => {
  it('gets what is alike in one request, with the records as they are and when they end', async () => {
    const { receiver, deliver, counts } = await openTelling([{ status: 204 }]);
    await deliver(raised('a'), raised('b'), raised('c', { segmentId: 's2' }));
    expect(receiver.requests.map(({ path, body }) => [path, body.group, body.state])).toEqual([
      ['/hook/', { kind: 'anomaly', segmentId: 's1' }, 'firing'],
      ['/hook/', { kind: 'anomaly', segmentId: 's2' }, 'firing'],
    ]);
    expect(receiver.requests[0]!.body.alerts).toEqual(
      [raised('a'), raised('b')].map((alert) => ({
        ...alert,
        ...{ state: 'firing', startsAt: alert.emittedAt, endsAt: NOW + 3_600_000 },
      })),
    );
    expect(counts).toEqual({ delivered: 3, 'request accepted': 2 });
  });

  it('gets alerts that come within the wait together, however they were brought', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], { groupWait: '200ms' });
    await Promise.all([deliver(raised('a')), deliver(raised('b'))]);
    expect(receiver.requests.map(({ body }) => body.alerts.length)).toEqual([2]);
  });

  it('gets no more than so many alerts at once, and no larger requests', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], { maxAlerts: 2 });
    const long = { explanation: { text: 'x'.repeat(300_000), parts: [], steps: [] } };
    await deliver(...['a', 'b', 'c'].map((id) => raised(id)), ...['d', 'e'].map((id) => raised(id, long)));
    expect(receiver.requests.map(({ body }) => body.alerts.length).sort()).toEqual([1, 2, 2]);
  });

  it('knows the same alerts by the same id, and other ones by another', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }]);
    await deliver(raised('a', { status: 'provisional' }));
    await deliver(raised('a'));
    const [first, second] = receiver.requests.map(({ headers }) => headers['idempotency-key']);
    const { alertId } = raised('a');
    expect(first).toBe(createHash('sha256').update(`${alertId}\nprovisional`).digest('hex').slice(0, 32));
    expect(second).not.toBe(first);
  });

  it('can tell by the signature who sent it and when', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], {}, { signatureKey: 'secret', token: 'bearer' });
    await deliver(raised('a'));
    const { headers, text } = receiver.requests[0]!;
    const hash = createHmac('sha256', 'secret')
      .update(`${NOW / 1000}.${text}`)
      .digest('hex');
    expect(headers['segtide-signature']).toBe(`t=${NOW / 1000},v1=${hash}`);
    expect(headers.authorization).toBe('Bearer bearer');
  });

  it('sees customers as hashes where there is a key, wherever they stand', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], { customerKey: 'k' });
    await deliver(raised('customer-7'));
    const key = createHmac('sha256', 'k').update('customer-7').digest('base64url').slice(0, 16);
    expect(receiver.requests[0]!.text).not.toContain('customer-7');
    expect(receiver.requests[0]!.body.alerts[0]).toMatchObject({
      customerId: key,
      alertId: `anomaly/${key}/${raised('').windowStart}`,
    });
  });

  it('gets hostile names as they are', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }]);
    const hostile = ['<script>', '\u202Eabc', '"\\\n\u0000', '🙂', 'x'.repeat(10_000)];
    await deliver(...hostile.map((id) => raised(id)));
    expect(receiver.requests.flatMap(({ body }) => body.alerts.map((one: Alert) => one.customerId))).toEqual(hostile);
  });
});

describe('a receiver that fails', () => {
  it.each([
    ['answers 500', { status: 500 }],
    ['answers 503', { status: 503 }],
    ['hangs up', 'hang up'],
    ['asks for patience', { status: 429, headers: { 'retry-after': '0' } }],
  ] as const)('is asked again where it %s', async (_, failing) => {
    const { receiver, deliver, counts } = await openTelling([failing, { status: 200 }]);
    await deliver(raised('a'));
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.requests[1]!.text).toBe(receiver.requests[0]!.text);
    expect(counts).toEqual({ delivered: 1, 'request failed': 1, 'request accepted': 1 });
  });

  it('is told of once when it fails, and once when it is back', async () => {
    const failing = { status: 503, headers: { 'retry-after': '0' } };
    const { deliver, lines } = await openTelling([failing, failing, failing, { status: 200 }], {}, {});
    await deliver(raised('a'));
    await deliver(raised('b'));
    const told = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
    expect(told.map(({ msg }) => msg)).toEqual([
      'webhook takes no alerts: it answered 503; they are tried again for 20s each',
      'webhook takes alerts again',
    ]);
  });

  it('is asked again where it does not answer in time', async () => {
    const { deliver, counts } = await openTelling(['stall', { status: 200 }], {}, { timeout: '100ms' });
    await deliver(raised('a'));
    expect(counts).toEqual({ delivered: 1, 'request failed': 1, 'request accepted': 1 });
  });

  it('is waited for as long as it says', async () => {
    const { receiver, deliver } = await openTelling([
      { status: 503, headers: { 'retry-after': '2' } },
      { status: 200 },
    ]);
    await deliver(raised('a'));
    const [first, second] = receiver.requests;
    // Its own wait would be half a second at most.
    expect(second!.at - first!.at).toBeGreaterThan(1900);
  });

  it.each([400, 401, 404, 413, 302])(
    'is not asked again where it refuses by %d; that is logged with positions',
    async (status) => {
      const elsewhere = status === 302 ? { headers: { location: '/elsewhere' } } : {};
      const { receiver, deliver, counts, lines } = await openTelling([{ status, body: 'no such hook', ...elsewhere }]);
      await deliver(raised('customer-7'));
      expect(receiver.requests).toHaveLength(1);
      expect(counts).toEqual({ undelivered: 1, 'request refused': 1 });
      const told = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error');
      expect(told).toMatchObject({ receiver: 'webhook', positions: ['alerts/0@0'] });
      expect(told.msg).toContain(String(status));
      expect(lines.join()).not.toMatch(/customer-7|hook\/"/);
    },
  );

  it('is given up where it wants more time than there is, which is counted, and told of the next alerts all the same', async () => {
    const patience = { status: 503, headers: { 'retry-after': '3600' } };
    const { deliver, counts } = await openTelling([patience, { status: 200 }], { giveUpAfter: '1s' });
    await deliver(raised('a'));
    await deliver(raised('b'));
    expect(counts).toEqual({ undelivered: 1, delivered: 1, 'request failed': 1, 'request accepted': 1 });
  });

  it('may answer more than anybody reads', async () => {
    const { deliver, counts } = await openTelling([{ status: 200, body: 'x'.repeat(10_000_000) }]);
    await deliver(raised('a'));
    expect(counts.delivered).toBe(1);
  });

  it('does not keep a process that is to end: what it was not told of is not dealt with', async () => {
    const { receiver, deliver, counts, stop } = await openTelling(['stall'], { groupWait: '1h' });
    const delivering = deliver(raised('a'));
    stop.abort();
    await receiver.came(1);
    await expect(delivering).rejects.toMatchObject({ code: 'aborted' });
    expect(counts.undelivered).toBeUndefined();
  });
});

describe('at the end of a run', () => {
  it('says that it waits for a receiver that is away', async () => {
    const script = [{ status: 503, headers: { 'retry-after': '1' } }, { status: 200 }];
    const { receiver, deliver, hurry, lines } = await openTelling(script, { giveUpAfter: '2s' });
    const delivering = deliver(raised('a'), raised('b'));
    await receiver.came(1);
    await expect.poll(() => lines.join()).toContain('takes no alerts');
    hurry();
    await delivering;
    expect(lines.join()).toContain('all is done but for 2 alerts that webhook does not take; tried for 2s more');
  });

  it('what was gathered is sent at once, and so is what still comes', async () => {
    const { receiver, deliver, hurry } = await openTelling([{ status: 200 }], { groupWait: '1h' });
    const delivering = deliver(raised('a'));
    hurry();
    await delivering;
    await deliver(raised('b'));
    expect(receiver.requests).toHaveLength(2);
  });

  it('a receiver that fails is waited for once, however much is left', async () => {
    const { receiver, deliver, counts, hurry } = await openTelling([{ status: 500 }], { giveUpAfter: '1s' });
    hurry();
    for (let i = 0; i < 8; i++) await deliver(raised(`c${i}`));
    // Eight first tries, and four more at most in the second that they have together: waits are of 250 ms at least.
    // Of a second each, all would be tried again.
    expect(receiver.requests.length).toBeLessThanOrEqual(12);
    expect(counts.undelivered).toBe(8);
  });
});

describe('Alertmanager', () => {
  it('is told what an alert was known as before', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], {}, {}, 'alertmanager');
    await deliver(raised('a', { status: 'provisional' }));
    await deliver(raised('a', { severity: 'high' }));
    expect(receiver.requests[0]!.path).toBe('/hook/api/v2/alerts');
    const [former, own] = receiver.requests[1]!.body;
    expect(former).toMatchObject({ labels: { severity: 'medium' }, endsAt: new Date(NOW - 3_600_000).toISOString() });
    expect(own).toMatchObject({ labels: { severity: 'high' }, endsAt: new Date(NOW + 3_600_000).toISOString() });
  });

  it('gets labels of bounded length, which stay apart', async () => {
    const { receiver, deliver } = await openTelling([{ status: 200 }], {}, {}, 'alertmanager');
    await deliver(raised(`${'x'.repeat(9000)}1`), raised(`${'x'.repeat(9000)}2`));
    const [one, two] = receiver.requests[0]!.body;
    expect(one.labels.customer).toHaveLength(256);
    expect(two.labels.customer).not.toBe(one.labels.customer);
  });
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/anomaly/alert.js';
import { createLog } from '../../src/service/log.js';
import { openNotifiers } from '../../src/service/notify/open-notifiers.js';
import { raised } from '../service/notify/raised-alert.js';
import { openScriptedReceiver, type ScriptedReceiver } from '../support/alert-receiver.js';
import { freePorts } from '../support/free-ports.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';

const ROOT = join(import.meta.dirname, '../..');
const program = execFileSync('bash', [join(ROOT, 'test/support/prometheus/install-alertmanager.sh')], {
  encoding: 'utf8',
}).trim();

let folder: string;
let alertmanager: ChildProcess;
let url: string;
/** Whom Alertmanager tells. */
let pager: ScriptedReceiver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-alertmanager-'));
  pager = await openScriptedReceiver();
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}/am`;
  await writeFile(
    join(folder, 'alertmanager.yml'),
    JSON.stringify({
      route: { receiver: 'pager', group_by: ['alertname', 'segment'], group_wait: '1s', group_interval: '1s' },
      receivers: [{ name: 'pager', webhook_configs: [{ url: pager.url, send_resolved: true }] }],
    }),
  );
  alertmanager = spawn(
    program,
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.route-prefix=/am',
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { cwd: join(dirname(program), '../..'), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await eventually(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true);
});
afterAll(async () => {
  alertmanager.kill();
  if (alertmanager.exitCode === null) await once(alertmanager, 'exit');
  await pager.close();
  await rm(folder, { recursive: true, force: true });
});

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error('it is not so after half a minute');
}

/** Alerts that Alertmanager has, as its API tells them. */
async function firing(path = 'alerts'): Promise<readonly { labels: Record<string, string>; endsAt: string }[]> {
  return (await (await fetch(`${url}/api/v2/${path}`)).json()) as never;
}

async function openTelling() {
  const alerts = { notify: { groupWait: '10ms', alertmanager: { url } } };
  const config = toConfig(pipelineConfig({ paths: ['none'] }, { path: 'none' }, { alerts }));
  const [notifier] = await openNotifiers(config, config.alerts.notify!, {
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
    clock: { now: Date.now },
    signal: new AbortController().signal,
  });
  return (...given: Alert[]) => notifier!.deliver(given.map((alert) => ({ alert, position: 'alerts/0@0' })));
}

describe('Alertmanager', () => {
  it('has alerts as they are told, groups them, tells of them, and of their end', async () => {
    const tell = await openTelling();
    const emittedAt = Date.now() - 1000;
    const provisional = { status: 'provisional', emittedAt } as const;
    await tell(raised('a', provisional), raised('b', { emittedAt }), raised('c', { emittedAt, segmentId: 's2' }));
    const told = await firing();
    expect(
      told.map(({ labels }) => [labels.alertname, labels.customer, labels.segment, labels.severity]).sort(),
    ).toEqual([
      ['SegtideAnomaly', 'a', 's1', 'medium'],
      ['SegtideAnomaly', 'b', 's1', 'medium'],
      ['SegtideAnomaly', 'c', 's2', 'medium'],
    ]);
    // An hour from now, by itself.
    for (const { endsAt } of told) expect(Math.abs(Date.parse(endsAt) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    const groups = (await firing('alerts/groups')) as unknown as { labels: object; alerts: object[] }[];
    expect(groups.map(({ labels, alerts }) => [labels, alerts.length])).toEqual([
      [{ alertname: 'SegtideAnomaly', segment: 's1' }, 2],
      [{ alertname: 'SegtideAnomaly', segment: 's2' }, 1],
    ]);
    await pager.came(2);
    expect(pager.requests.map(({ body }) => body.status)).toEqual(['firing', 'firing']);

    await tell(raised('a', { status: 'withdrawn', emittedAt: Date.now() }));
    await eventually(async () => (await firing()).length === 2);
    await eventually(async () => pager.requests.some(({ body }) => hasResolved(body, 'a')));
    expect((await firing()).map(({ labels }) => labels.customer).sort()).toEqual(['b', 'c']);
  });

  it('takes what anybody may be called', async () => {
    const tell = await openTelling();
    const hostile = ['<script>alert(1)</script>', '\u202Eabc', '"\\\n\u0000', '🙂', 'x'.repeat(10_000), '\ud800'];
    await tell(...hostile.map((id) => raised(id, { emittedAt: Date.now(), segmentId: 's9' })));
    const there = (await firing('alerts?filter=segment=s9')).map(({ labels }) => labels.customer);
    expect(there).toHaveLength(hostile.length);
    expect(there).toContain('<script>alert(1)</script>');
  });
});

function hasResolved(
  { alerts }: { readonly alerts: readonly { status: string; labels: Record<string, string> }[] },
  customer: string,
): boolean {
  return alerts.some(({ status, labels }) => status === 'resolved' && labels.customer === customer);
}

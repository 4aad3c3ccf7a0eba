import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTIFY_METRICS } from '../../src/metrics/notify-definitions.js';
import { TRAINER_METRICS } from '../../src/metrics/trainer-definitions.js';
import { WORKER_METRICS } from '../../src/metrics/worker-definitions.js';
import { createHttpServer, type HttpServer } from '../../src/service/http/create-server.js';
import { addBuildInfo } from '../../src/service/http/serve-status.js';
import { addStatusRoutes } from '../../src/service/http/status-routes.js';
import { freePorts } from '../support/free-ports.js';
import {
  EVENTS,
  ends,
  HALF,
  PARTITIONS,
  type Process,
  produce,
  start,
  train,
  work,
} from '../support/observed-deployment.js';
import { asSent, DASHBOARD, QUERIES } from '../support/prometheus/dashboard.js';

const ROOT = join(import.meta.dirname, '../..');
const bin = execFileSync('bash', [join(ROOT, 'test/support/prometheus/install.sh')], { encoding: 'utf8' }).trim();

/** Nothing of the kind happens in so short a time, or at all without a drift statistic of one's own. */
const ABSENT = ['segtide_drift_statistic_failures_total', 'segtide_train_progress_ratio'];

let folder: string;
let prometheus: ChildProcess;
let url: string;
const servers: HttpServer[] = [];

async function ask(path: string, query: Record<string, string> = {}) {
  const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`);
  return (await answer.json()) as { status: string; error?: string; data: never };
}

async function query(
  expression: string,
): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
  const { status, error, data } = await ask('query', { query: expression });
  if (status !== 'success') throw new Error(`${expression}: ${error}`);
  return (data as { result: never }).result;
}

/** Labels of the series that an expression has had of late with a number, as a graph would draw them. */
async function drawn(expression: string): Promise<readonly Record<string, string>[]> {
  const end = Date.now() / 1000;
  const range = { query: expression, start: String(end - 90), end: String(end), step: '1' };
  const { status, error, data } = await ask('query_range', range);
  if (status !== 'success') throw new Error(`${expression}: ${error}`);
  const { result } = data as { result: { metric: Record<string, string>; values: [number, string][] }[] };
  return result.filter(({ values }) => values.some(([, value]) => value !== 'NaN')).map(({ metric }) => metric);
}

/** Waits until an expression has a value. */
async function until(expression: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if ((await query(expression).catch(() => [])).length > 0) return;
    await sleep(200);
  }
  throw new Error(`${expression} has no value after half a minute`);
}

async function serve({ registry, health }: Process): Promise<string> {
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry, 'test');
  const routes = (app: Parameters<typeof addStatusRoutes>[0]) => addStatusRoutes(app, health, registry);
  const server = await createHttpServer({ host: '127.0.0.1', port: 0, routes });
  servers.push(server);
  return `127.0.0.1:${server.port}`;
}

async function startPrometheus(targets: readonly string[]): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'segtide-prometheus-'));
  const rules = await readFile(join(ROOT, 'config/prometheus/rules/segtide.yml'), 'utf8');
  // Minutes of a real deployment are seconds here.
  await writeFile(join(folder, 'rules.yml'), rules.replaceAll(/\[\d+[mh]\]/g, '[20s]'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: [{ job_name: 'segtide', static_configs: [{ targets }] }],
  };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  prometheus = spawn(
    join(bin, 'prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

describe('a Prometheus that scrapes four workers, a trainer, a standby and a sender of alerts', () => {
  beforeAll(async () => {
    const workers = Array.from({ length: PARTITIONS }, start);
    const observers = workers.map(({ observer }) => observer.worker());
    for (const observer of observers) observer.began({ ends, models: () => [] });
    const active = start();
    const standby = start();
    standby.observer.trainer().idle();
    const sender = start();
    const sent = sender.observer.notifier().meter.receiver('webhook');
    sent.request('accepted', 0.1);
    sent.waiting(3);
    await startPrometheus(await Promise.all([...workers, active, standby, sender].map(serve)));
    produce(0, HALF);
    for (const partition of await Promise.all(observers.map(work))) partition.revoke();
    const training = await train(active);
    // Rates need to see counters rise.
    await until('count(segtide_model_info)');
    // Counters of segments are seen once before they rise, however slow the machine is.
    const middle = Math.floor((HALF + EVENTS.length) / 2);
    produce(HALF, middle);
    const owned = await Promise.all(observers.map(work));
    await until('count(segtide_cluster_assignments_total)');
    await until('segtide_notify_request_duration_seconds_count == 1');
    for (const partition of owned) partition.revoke();
    sent.request('accepted', 0.2);
    await until('segtide_notify_request_duration_seconds_count == 2');
    produce(middle, EVENTS.length);
    await Promise.all(observers.map(work));
    // What came under the first model shows drift, or that there is none.
    training.revoke();
    await train(active);
    await until('count(segtide_drift_statistic)');
    await until('sum(last_over_time(segtide:segment_share:ratio5m[2m]))');
    await sleep(2000);
  });
  afterAll(async () => {
    prometheus.kill();
    if (prometheus.exitCode === null) await once(prometheus, 'exit');
    for (const server of servers) await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes every scrape', async () => {
    expect(await query('up == 0')).toEqual([]);
    expect(await query('up')).toHaveLength(PARTITIONS + 3);
  });

  it('has every metric', async () => {
    const missing: string[] = [];
    for (const { name, type } of [WORKER_METRICS, TRAINER_METRICS, NOTIFY_METRICS].flatMap((all) =>
      Object.values(all),
    )) {
      const series = await query(`count(${name}${type === 'histogram' ? '_bucket' : ''})`);
      if (series.length === 0) missing.push(name);
    }
    expect(missing.sort()).toEqual([...ABSENT].sort());
  });

  it('evaluates every rule, and has what they record', async () => {
    const { data } = await ask('rules');
    const rules = (
      data as { groups: { rules: { name: string; type: string; health: string; lastError?: string }[] }[] }
    ).groups.flatMap((group) => group.rules);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const missing: string[] = [];
    for (const { name, type } of rules) {
      if (type === 'recording' && (await query(`last_over_time(${name}[1m])`)).length === 0) missing.push(name);
    }
    expect(missing).toEqual([]);
  });

  it('has something to draw in every panel of the dashboard, with the labels of its legend', async () => {
    const empty: string[] = [];
    for (const { panel, expression, labels } of QUERIES) {
      const series = await drawn(asSent(expression));
      const isNamed = series.some((metric) => labels.every((label) => metric[label] !== undefined));
      if (!isNamed) empty.push(`${panel}: ${expression}`);
    }
    expect(empty).toEqual([]);
    expect(new Set(QUERIES.map(({ panel }) => panel)).size).toBe(
      DASHBOARD.panels.filter(({ type }) => type !== 'row').length,
    );
  });

  it('has what the dashboard chooses by, and its annotations', async () => {
    for (const { type, query: choice } of DASHBOARD.templating.list) {
      if (type !== 'query') continue;
      const [, of, label] = /^label_values\((.+), (\w+)\)$/.exec(choice)!;
      expect((await drawn(asSent(of!))).map((metric) => metric[label!])).not.toContain(undefined);
      expect(await drawn(asSent(of!))).not.toEqual([]);
    }
    for (const { expr } of DASHBOARD.annotations.list) await drawn(asSent(expr));
  });

  it('adds workers and the trainer up', async () => {
    const [events] = await query('sum(max_over_time(segtide_ingest_events_total[1m]))');
    expect(Number(events!.value[1])).toBe(EVENTS.length + 3 * PARTITIONS);
    const [partitions] = await query('sum(segtide_worker_partitions)');
    expect(Number(partitions!.value[1])).toBe(PARTITIONS);
    expect(await query('sum(segtide_segment_share_ratio) by (job)')).toHaveLength(1);
    // Names are joined by the segment, from the one metric that has them.
    const named = await query(
      'sum by (segment) (segtide_cluster_assignments_total) * on (segment) group_left (name) segtide_segment_info',
    );
    expect(named.length).toBeGreaterThan(1);
    for (const { metric } of named) expect(metric.name).not.toBe('');
  });
});

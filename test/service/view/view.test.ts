import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageVersion } from '../../../src/service/cli/package-path.js';
import { createLog } from '../../../src/service/log.js';
import type { MapAnswer } from '../../../src/service/view/api/answers.js';
import { toOpenApi } from '../../../src/service/view/api/openapi.js';
import { createRoutes } from '../../../src/service/view/api/routes.js';
import { createView, type View } from '../../../src/service/view/create-view.js';
import { openViewStore } from '../../../src/service/view/store/view-store.js';
import type { ViewSettings } from '../../../src/service/view/view-settings.js';
import {
  alert,
  assignment,
  createSampleRun,
  dayAt,
  drift,
  embedding,
  modelEvent,
  type SampleRun,
  segment,
  transition,
} from './sample-run.js';

const SILENT = createLog({ level: 'silent', format: 'json', write: () => undefined });

let run: SampleRun;
let view: View | undefined;
beforeEach(async () => {
  run = await createSampleRun();
});
afterEach(async () => {
  await view?.close();
  view = undefined;
  await run.remove();
});

async function open(settings: Partial<ViewSettings> = {}): Promise<View> {
  view = await createView(
    {
      name: 'sample',
      host: '127.0.0.1',
      port: 0,
      otherPorts: 0,
      folder: run.folder,
      config: undefined as never, // of topics alone
      database: undefined,
      retention: { rows: 1000, customers: 1000, ageMs: Number.POSITIVE_INFINITY },
      token: undefined,
      customerKey: undefined,
      tls: undefined,
      requestsPerMinute: 10_000,
      mostStreams: 3,
      ...settings,
    },
    SILENT,
  );
  return view;
}

// biome-ignore lint/suspicious/noExplicitAny: what is asked of an answer is what the test knows of it
async function get(path: string): Promise<any> {
  const response = await fetch(`${view!.url}${path.slice(1)}`);
  return response.json();
}

/** Asks until the answer is as wanted: the view follows its files by and by. */
async function eventually(path: string, isWanted: (answer: never) => boolean): Promise<unknown> {
  for (;;) {
    const answer = await get(path);
    if (isWanted(answer as never)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function fill(): Promise<void> {
  await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
  await run.append('segments', segment('s1'), segment('s2', { name: 'growing' }));
  await run.append('assignments', assignment('a', 2, 's1'), assignment('b', 2, 's1'), assignment('c', 2, 's2'));
  await run.append('assignments', assignment('a', 3, 's2'), assignment('b', 3, 's1'));
  await run.append('transitions', transition('a', 3, 's1', 's2'));
  await run.append('drift', drift('usage', 2, 0.1), drift('usage', 3, 0.4), drift('level', 3, 0.05));
  await run.append('alerts', alert('a', 3), alert('b', 3, { severity: 'high' }));
  const wanted = { assignments: 5, segments: 2, transitions: 1, drift: 3, alerts: 2, 'model-events': 1 };
  await eventually('/api/summary', ({ records }: { records: Record<string, number> }) =>
    Object.entries(wanted).every(([output, count]) => records[output] === count),
  );
}

describe('what the API tells', () => {
  it('a segment by its customers of now and its windows over time', async () => {
    await open();
    await fill();
    const { modelVersion, windowEnds, segments } = await get('/api/segments');
    expect(modelVersion).toBe('v1-00000000');
    expect(windowEnds).toEqual([dayAt(2), dayAt(3)]);
    // a is in s2 since day 3, b stayed in s1, c was last heard of on day 2.
    expect(segments).toMatchObject([
      { segmentId: 's2', name: 'growing', customers: 2, share: 2 / 3, sizes: [1, 1] },
      { segmentId: 's1', name: 'steady', customers: 1, share: 1 / 3, sizes: [2, 1], prototype: [[1, 2, 3]] },
    ]);
  });

  it('the story of a customer', async () => {
    await open();
    await fill();
    expect(await get('/api/customers/a')).toMatchObject({
      customerId: 'a',
      segmentId: 's2',
      assignments: [
        { windowEnd: dayAt(2), segmentId: 's1', margin: 0.25, final: true, inactive: false },
        { windowEnd: dayAt(3), segmentId: 's2' },
      ],
      transitions: [{ from: 's1', to: 's2', cause: 'behaviour' }],
      alerts: [{ alertId: `silence/a/${dayAt(2)}` }],
    });
    expect(await get('/api/customers/nobody')).toMatchObject({ status: 404 });
  });

  it('flows of the last window, or of a range', async () => {
    await open();
    await fill();
    await run.append('transitions', transition('b', 4, 's1', 's2', 'model'), transition('c', 4, 's2', 's1'));
    await eventually('/api/flows', ({ windows }: { windows: unknown[] }) => windows.length === 2);
    const last = await get('/api/flows');
    expect(last.flows).toEqual([
      { from: 's1', to: 's2', fromName: 'steady', toName: 'growing', customers: 1, byBehaviour: 0 },
      { from: 's2', to: 's1', fromName: 'growing', toName: 'steady', customers: 1, byBehaviour: 1 },
    ]);
    const all = await get('/api/flows?from=0');
    expect(all.flows[0]).toMatchObject({ from: 's1', to: 's2', customers: 2, byBehaviour: 1 });
    expect(all.windows).toEqual([
      { windowEnd: dayAt(3), behaviour: 1, model: 0, both: 0 },
      { windowEnd: dayAt(4), behaviour: 1, model: 1, both: 0 },
    ]);
  });

  it('a customer’s moves by the names of then, flows by names that lasted, and whom no segment in force holds', async () => {
    await open();
    const made = (name: string) => ({ name, madeName: name });
    await run.append('segments', segment('s1', made('fading')), segment('s2', made('steady')));
    await run.append(
      'model-events',
      modelEvent('v1-00000000', 'promoted', 2),
      modelEvent('v2-00000000', 'promoted', 3),
    );
    const v2 = { modelVersion: 'v2-00000000' };
    await run.append('segments', segment('s1', { ...v2, ...made('growing') }), segment('s3', { ...v2, name: 'mine' }));
    await run.append('assignments', assignment('a', 3, 's1'), assignment('b', 2, 's2'));
    await run.append('transitions', { ...transition('a', 3, 's2', 's1'), ...v2 }, transition('b', 2, 's1', 's2'));
    await eventually('/api/flows?from=0', ({ flows }: { flows: unknown[] }) => flows.length === 2);
    const inForce = ({ modelVersion, former }: { modelVersion: string; former: unknown[] }): boolean =>
      modelVersion === v2.modelVersion && former.length > 0;
    expect(await eventually('/api/segments', inForce)).toMatchObject({
      former: [{ segmentId: 's2', name: 'steady', customers: 1 }],
    });
    expect((await get('/api/flows?from=0')).flows).toMatchObject([
      { from: 's1', to: 's2', fromName: null, toName: 'steady' },
      { from: 's2', to: 's1', fromName: 'steady', toName: null },
    ]);
    expect((await get('/api/customers/a')).transitions).toMatchObject([{ fromName: 'steady', toName: 'growing' }]);
    expect((await get('/api/customers/b')).transitions).toMatchObject([{ fromName: 'fading', toName: 'steady' }]);
  });

  it('drift: what is beyond its threshold first, with its course', async () => {
    await open();
    await fill();
    const { reports } = await get('/api/drift');
    expect(reports.map(({ subject, value }: { subject: string; value: number }) => [subject, value])).toEqual([
      ['usage', 0.4],
      ['level', 0.05],
    ]);
    expect(reports[0].history).toEqual([
      { currentEnd: dayAt(2), value: 0.1, drifted: false },
      { currentEnd: dayAt(3), value: 0.4, drifted: true },
    ]);
  });

  it('drift of now alone: what no later round told of again is past, what was told between rounds is not', async () => {
    await open();
    await fill();
    expect(await get('/api/summary')).toMatchObject({ drifted: 1 });
    const between = { statistic: 'change', drifted: true };
    // Of a segment that the round of day 4 does not know any more: usage stays beyond its threshold for ever.
    await run.append(
      'drift',
      drift('level', 4, 0.3),
      { ...drift('dim0', 5, 0.9), ...between },
      { ...drift('dim1', 3, 0.9), ...between },
    );
    await eventually('/api/summary', ({ records }: { records: { drift: number } }) => records.drift === 6);
    expect(await get('/api/summary')).toMatchObject({ drifted: 2 });
    const { reports } = await get('/api/drift');
    expect(reports.map(({ subject, drifted, past }: Record<string, unknown>) => [subject, drifted, past])).toEqual([
      ['dim0', true, false],
      ['level', true, false],
      ['dim1', false, true],
      ['usage', false, true],
    ]);
  });

  it('alerts page by page, the newest first, and by what is asked for', async () => {
    await open();
    await fill();
    const first = await get('/api/alerts?limit=1');
    expect(first.alerts).toHaveLength(1);
    const second = await get(`/api/alerts?limit=1&cursor=${first.next}`);
    expect(second.next).toBeNull();
    expect([first.alerts[0].customerId, second.alerts[0].customerId].sort()).toEqual(['a', 'b']);
    expect((await get('/api/alerts?severity=high')).alerts).toMatchObject([{ customerId: 'b' }]);
  });

  it('where windows lie: the first two directions of their vectors', async () => {
    await open();
    // On a line: the second direction has nothing.
    const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);
    await run.append('embeddings', ...ids.map((id, i) => embedding(id, 2, [i, 2 * i, 0])));
    await run.append('assignments', ...ids.map((id, i) => assignment(id, 2, i < 100 ? 's1' : 's2')));
    const map = (await eventually(
      '/api/map',
      ({ segments, x }: { segments: unknown[]; x: unknown[] }) => x.length === 200 && !segments.includes(null),
    )) as { x: number[]; y: number[]; segment: number[]; segments: string[]; customers: string[] };
    const at = (id: string): number => map.x[map.customers.indexOf(id)]!;
    expect(Math.abs(at('c10') - at('c0'))).toBeCloseTo(10 * Math.sqrt(5), 2);
    expect(Math.max(...map.y.map(Math.abs))).toBeLessThan(0.001);
    expect(map.segments[map.segment[map.customers.indexOf('c150')]!]).toBe('s2');
  });

  it('where a share of the customers lies: the same ones in each window, in whatever order they came', async () => {
    await open();
    const ids = Array.from({ length: 400 }, (_, i) => `c${i}`);
    const write = async (day: number, given: readonly string[]) => {
      const segmentOf = (id: string) => `s${Math.floor(Number(id.slice(1)) / 100)}`;
      await run.append('embeddings', ...given.map((id) => embedding(id, day, [Number(id.slice(1)), 1, 0])));
      await run.append('assignments', ...given.map((id) => assignment(id, day, segmentOf(id))));
    };
    await write(2, ids);
    await write(3, ids.toReversed());
    const read = (day: number) =>
      eventually(
        `/api/map?limit=60&at=${dayAt(day)}`,
        ({ segments }: MapAnswer) => segments.length === 4 && !segments.includes(null),
      ) as Promise<MapAnswer>;
    const [first, second] = [await read(2), await read(3)];
    expect(first.customers).toHaveLength(60);
    expect(first.customers.toSorted()).toEqual(second.customers.toSorted());
    // A fair draw of 60 from four equal parts has 15 of each, give or take 3.
    for (const at of first.segments.keys()) {
      const drawn = first.segment.filter((segment) => segment === at).length;
      expect(Math.abs(drawn - 15)).toBeLessThan(10);
    }
  });

  it('lays windows out by neighbours, too, which tells apart what the plane shows on one spot', async () => {
    await open();
    const groups = 8;
    const ids = Array.from({ length: 240 }, (_, i) => `c${i}`);
    // Each group has a direction of its own: of eight, a plane shows two.
    const vectorOf = (i: number): number[] =>
      Array.from({ length: groups }, (_, d) => (d === i % groups ? 4 : 0) + 0.3 * Math.sin(7 * i + 3 * d * i));
    await run.append('embeddings', ...ids.map((id, i) => embedding(id, 2, vectorOf(i))));
    await run.append('assignments', ...ids.map((id) => assignment(id, 2, 's1')));
    const has = ({ x }: { x: number[] }): boolean => x.length === ids.length;
    const plane = (await eventually('/api/map', has)) as MapAnswer;
    const neighbours = (await get('/api/map?layout=neighbours')) as MapAnswer;
    expect(neighbours.customers).toEqual(plane.customers);
    expect(neighbours.x.every((x) => x >= neighbours.extent![0]! && x <= neighbours.extent![1]!)).toBe(true);
    expect(shareOfOwn(neighbours, groups)).toBeGreaterThan(0.99);
    expect(shareOfOwn(plane, groups)).toBeLessThan(0.9);
    expect(await get('/api/map?layout=neighbours&limit=10')).toMatchObject({ x: { length: 10 } });
  });

  it('every answer is as the OpenAPI document says', async () => {
    await open();
    await fill();
    const document = await get('/api/openapi.json');
    const store = openViewStore();
    const routes = createRoutes({ store } as never);
    for (const { method, path, answer, changes } of routes) {
      expect(document.paths[path], path).toHaveProperty(method.toLowerCase());
      if (method !== 'GET' || changes) continue;
      const found = await get(path.replace('{customerId}', 'a'));
      expect(answer.safeParse(found).error, path).toBeUndefined();
    }
    store.close();
  });
});

describe('the document of the API', () => {
  it('is the one among the docs', async () => {
    const routes = createRoutes({ store: {} } as never);
    const document = toOpenApi(routes, packageVersion());
    // Renewed by `npx vitest run test/service/view -u`.
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../../docs/openapi.json');
  });
});

describe('a folder that is followed', () => {
  it('is read from the beginning where a file was cut short', async () => {
    await open();
    await fill();
    await run.replace('assignments', assignment('a', 2, 's1'));
    await eventually('/api/customers', ({ customers }: { customers: unknown[] }) => customers.length === 1);
    expect(
      (await get('/api/segments')).segments.find((one: { segmentId: string }) => one.segmentId === 's1').sizes,
    ).toEqual([1]);
  });

  it('gives way to a revision, and counts it once', async () => {
    await open();
    await fill();
    await run.append('assignments', assignment('b', 3, 's2', { revision: 1 }));
    await eventually('/api/customers/b', ({ segmentId }: { segmentId: string }) => segmentId === 's2');
    const { segments } = await get('/api/segments');
    expect(segments.map(({ sizes }: { sizes: number[] }) => sizes[1])).toEqual([1, 1]);
  });

  it('is not read twice where the database outlasts a restart', async () => {
    const database = join(run.folder, 'view.sqlite');
    await open({ database });
    await fill();
    await view!.close();
    await open({ database });
    await run.append('transitions', transition('b', 3, 's1', 's2'));
    await eventually('/api/flows', ({ flows }: { flows: { customers: number }[] }) => flows[0]?.customers === 2);
    expect((await get('/api/summary')).records.assignments).toBe(5);
  });
});

describe('the database', () => {
  it('places all windows of a space, however many come at once', async () => {
    const store = openViewStore();
    const records = Array.from({ length: 5000 }, (_, i) => embedding(`c${i}`, 2, [i, 1, 0]));
    await store.write('embeddings', records, '1');
    expect(store.database.get('select count(*) as n from points where x is not null')).toEqual({ n: 5000 });
    store.close();
  });

  it('opens where a process was killed within a transaction', async () => {
    const path = join(run.folder, 'view.sqlite');
    openViewStore(path).close();
    const script = `const { Database } = require('node-sqlite3-wasm');
      const database = new Database(process.argv[1]);
      database.exec("begin immediate; insert into outputs values ('alerts', 1, 'lost')");
      process.kill(process.pid, 'SIGKILL');`;
    const { signal } = spawnSync(process.execPath, ['--eval', script, path], { stdio: 'inherit' });
    expect([signal, existsSync(`${path}.lock`)]).toEqual(['SIGKILL', true]);
    const store = openViewStore(path);
    expect(store.position('alerts')).toBeUndefined();
    await store.write('alerts', [], 'kept');
    expect(store.position('alerts')).toBe('kept');
    store.close();
  });
});

describe('what the API refuses', () => {
  it('hostile ids are ids like others', async () => {
    await open();
    const ids = [
      '<script>alert(1)</script>',
      "'; drop table customers; --",
      'x'.repeat(5000),
      '\u202eevil',
      '🛰️',
      '../../etc/passwd',
      'a/b%2f',
    ];
    await run.append('assignments', ...ids.map((id) => assignment(id, 2, 's1')));
    await eventually('/api/customers', ({ customers }: { customers: unknown[] }) => customers.length === ids.length);
    for (const id of ids) expect((await get(`/api/customers/${encodeURIComponent(id)}`)).customerId).toBe(id);
  });

  it('what is not asked rightly, in the words of RFC 9457', async () => {
    await open();
    for (const path of [
      '/api/alerts?limit=0',
      '/api/alerts?colour=red',
      '/api/alerts?severity=mild',
      '/api/alerts?cursor=x',
      '/api/map?at=soon',
    ]) {
      const response = await fetch(`${view!.url}${path.slice(1)}`);
      expect(response.status, path).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ status: 400, title: 'Bad Request' });
    }
    expect(await get('/api/alerts?severity=mild')).toMatchObject({
      detail: '`severity` of the query is wrong: Invalid option: expected one of "low"|"medium"|"high"',
    });
    const undecodable = await fetch(`${view!.url}api/customers/%ZZ`);
    expect(undecodable.status).toBe(400);
    expect(undecodable.headers.get('content-type')).toContain('application/problem+json');
    for (const path of [
      '/assets/../../package.json',
      '/../package.json',
      '/%2e%2e/package.json',
      '/assets/..%2fpackage.json',
    ]) {
      expect(await statusOf(path), path).toBe(404);
    }
  });

  it('a name that was made to lead here', async () => {
    await open();
    expect(await statusOf('/api/summary', { host: 'evil.example' })).toBe(421);
    expect(await statusOf('/api/summary', { host: `localhost:${new URL(view!.url).port}` })).toBe(200);
  });

  it('more requests of one address than it may make', async () => {
    await open({ requestsPerMinute: 3 });
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push(await statusOf('/api/models'));
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });

  it('changes without a token, with a wrong one, and where there are none', async () => {
    await open();
    await fill();
    const rename = (headers: Record<string, string>) =>
      fetch(`${view!.url}api/segments/s1/name`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'night owls' }),
      });
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(403);
    await view!.close();
    await open({ token: 'sesame' });
    await eventually('/api/segments', ({ segments }: { segments: unknown[] }) => segments.length === 2);
    expect((await rename({})).status).toBe(401);
    expect((await rename({ authorization: 'Bearer sesam' })).status).toBe(401);
    expect(await statusOf('/api/changes', { authorization: 'Bearer sesam' })).toBe(401);
    expect(await statusOf('/api/changes', { authorization: 'Bearer sesame' })).toBe(200);
    // The run goes on: its trainer is asked, and tells the segment again when it has done it.
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(202);
    const requests = join(run.folder, 'models', 'requests');
    const [asked] = await readdir(requests);
    expect(JSON.parse(await readFile(join(requests, asked!), 'utf8'))).toMatchObject({
      kind: 'rename',
      segmentId: 's1',
      name: 'night owls',
    });
    // A run that has ended is told at once.
    await writeFile(join(run.folder, 'summary.json'), JSON.stringify({ name: 'sample', events: {}, eventTimes: null }));
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(202);
    await eventually('/api/segments', ({ segments }: { segments: { name: string }[] }) =>
      segments.some(({ name }) => name === 'night owls'),
    );
    expect((await get('/api/segments')).segments).toContainEqual(
      expect.objectContaining({ segmentId: 's1', name: 'night owls', madeName: 'steady' }),
    );
  });

  it('a body beyond its limit', async () => {
    await open({ token: 'sesame' });
    const response = await fetch(`${view!.url}api/models/retrain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sesame' },
      body: JSON.stringify({ reason: 'x'.repeat(100_000) }),
    });
    expect(response.status).toBe(413);
  });
});

describe('customers as keyed hashes', () => {
  it('stand nowhere by their own ids, and are found by them', async () => {
    await open({ customerKey: 'pepper' });
    await fill();
    const { customers } = await get('/api/customers');
    expect(customers).toHaveLength(3);
    const story = await get('/api/customers/a');
    expect(story.customerId).toMatch(/^[\w-]{16}$/);
    expect(customers.map(({ customerId }: { customerId: string }) => customerId)).toContain(story.customerId);
    expect((await get('/api/alerts?customerId=a')).alerts).toHaveLength(1);
    expect(story.alerts[0].alertId).toBe(`silence/${story.customerId}/${dayAt(2)}`);
    expect((await get('/api/segments')).segments[0].medoidCustomer).toBe(story.customerId);
  });
});

describe('changes', () => {
  it('asks the run for a training', async () => {
    await open({ token: 'sesame' });
    const response = await fetch(`${view!.url}api/models/retrain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sesame' },
      body: JSON.stringify({ reason: 'a look' }),
    });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    const folder = join(run.folder, 'models', 'requests');
    expect(await readdir(folder)).toEqual([`${id}.json`]);
    expect(JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8'))).toMatchObject({
      id,
      kind: 'retrain',
      reason: 'a look',
      fresh: false,
    });
  });

  it('says why there is nothing to go back to', async () => {
    await open({ token: 'sesame' });
    const response = await fetch(`${view!.url}api/models/rollback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sesame' },
      body: JSON.stringify({ reason: 'a look' }),
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ detail: 'there is no former model to go back to' });
  });
});

describe('what is fetched again', () => {
  it('is answered by 304 until its records change', async () => {
    await open();
    await fill();
    const first = await fetch(`${view!.url}api/drift`);
    const tag = first.headers.get('etag')!;
    const again = () => statusOf('/api/drift', { 'if-none-match': tag });
    expect(await again()).toBe(304);
    const others = [`"x", ${tag}, "y"`, tag.replace('W/', ''), '*', '"x"', `x${tag.slice(3, -1)}`];
    const codes = [];
    for (const list of others) codes.push(await statusOf('/api/drift', { 'if-none-match': list }));
    expect(codes).toEqual([304, 304, 304, 200, 200]);
    // Of what there is not, there is not any answer.
    expect(await statusOf('/api/customers/nobody', { 'if-none-match': '*' })).toBe(404);
    await run.append('drift', drift('usage', 4, 0.5));
    await eventually('/api/drift', ({ reports }: { reports: { value: number }[] }) => reports[0]!.value === 0.5);
    expect(await again()).toBe(200);
  });
});

describe('streams of events', () => {
  it('begin with the state of now, tell of records, and are capped', async () => {
    await open();
    const abort = new AbortController();
    const stream = async () => (await fetch(`${view!.url}api/events`, { signal: abort.signal })).body!.getReader();
    const readers = [await stream(), await stream(), await stream()];
    expect(await statusOf('/api/events')).toBe(503);
    await run.append('alerts', alert('a', 2));
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes('"alerts":1')) text += decoder.decode((await readers[0]!.read()).value);
    expect(text).toMatch(/^retry: 2000\n\nevent: state\ndata: \{"instance":/);
    abort.abort();
  });
});

/** Of a request that is sent as it stands: `fetch` tidies paths and names up. */
function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(view!.url);
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** How many of the five nearest points on a map are of a point's own group: customer c17 is of group 17 modulo `groups`. */
function shareOfOwn({ x, y, customers }: MapAnswer, groups: number): number {
  const groupOf = customers.map((id) => Number(id.slice(1)) % groups);
  const shares = groupOf.map((group, i) => {
    const others = groupOf.map((other, j) => ({ other, far: (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2, j }));
    const nearest = others.filter(({ j }) => j !== i).sort((a, b) => a.far - b.far);
    return nearest.slice(0, 5).filter(({ other }) => other === group).length / 5;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

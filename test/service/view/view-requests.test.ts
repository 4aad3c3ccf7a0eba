import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assignment, dayAt, drift } from './sample-run.js';
import { useSampleView } from './sample-view.js';

const sample = useSampleView();

describe('what the API refuses', () => {
  it('hostile ids are ids like others', async () => {
    await sample.open();
    const ids = [
      '<script>alert(1)</script>',
      "'; drop table customers; --",
      'x'.repeat(5000),
      '\u202eevil',
      '🛰️',
      '../../etc/passwd',
      'a/b%2f',
    ];
    await sample.run.append('assignments', ...ids.map((id) => assignment(id, 2, 's1')));
    await sample.eventually(
      '/api/customers',
      ({ customers }: { customers: unknown[] }) => customers.length === ids.length,
    );
    for (const id of ids) expect((await sample.get(`/api/customers/${encodeURIComponent(id)}`)).customerId).toBe(id);
  });

  it('what is not asked rightly, in the words of RFC 9457', async () => {
    await sample.open();
    for (const path of [
      '/api/alerts?limit=0',
      '/api/alerts?colour=red',
      '/api/alerts?severity=mild',
      '/api/alerts?cursor=x',
      '/api/map?at=soon',
    ]) {
      const response = await fetch(`${sample.view.url}${path.slice(1)}`);
      expect(response.status, path).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ status: 400, title: 'Bad Request' });
    }
    expect(await sample.get('/api/alerts?severity=mild')).toMatchObject({
      detail: '`severity` of the query is wrong: Invalid option: expected one of "low"|"medium"|"high"',
    });
    const undecodable = await fetch(`${sample.view.url}api/customers/%ZZ`);
    expect(undecodable.status).toBe(400);
    expect(undecodable.headers.get('content-type')).toContain('application/problem+json');
    for (const path of [
      '/assets/../../package.json',
      '/../package.json',
      '/%2e%2e/package.json',
      '/assets/..%2fpackage.json',
    ]) {
      expect(await sample.statusOf(path), path).toBe(404);
    }
  });

  it('a name that was made to lead here', async () => {
    await sample.open();
    expect(await sample.statusOf('/api/summary', { host: 'evil.example' })).toBe(421);
    expect(await sample.statusOf('/api/summary', { host: `localhost:${new URL(sample.view.url).port}` })).toBe(200);
  });

  it('more requests of one address than it may make', async () => {
    await sample.open({ requestsPerMinute: 3 });
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push(await sample.statusOf('/api/models'));
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });

  it('changes without a token, with a wrong one, and where there are none', async () => {
    await sample.open();
    await sample.fill();
    const rename = (headers: Record<string, string>) =>
      fetch(`${sample.view.url}api/segments/s1/name`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'night owls' }),
      });
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(403);
    await sample.view.close();
    await sample.open({ token: 'sesame' });
    await sample.eventually('/api/segments', ({ segments }: { segments: unknown[] }) => segments.length === 2);
    expect((await rename({})).status).toBe(401);
    expect((await rename({ authorization: 'Bearer sesam' })).status).toBe(401);
    expect(await sample.statusOf('/api/changes', { authorization: 'Bearer sesam' })).toBe(401);
    expect(await sample.statusOf('/api/changes', { authorization: 'Bearer sesame' })).toBe(200);
    // The run goes on: its trainer is asked, and tells the segment again when it has done it.
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(202);
    const requests = join(sample.run.folder, 'models', 'requests');
    const [asked] = await readdir(requests);
    expect(JSON.parse(await readFile(join(requests, asked!), 'utf8'))).toMatchObject({
      kind: 'rename',
      segmentId: 's1',
      name: 'night owls',
    });
    // A run that has ended is told at once.
    await writeFile(
      join(sample.run.folder, 'summary.json'),
      JSON.stringify({ name: 'sample', events: {}, eventTimes: null }),
    );
    expect((await rename({ authorization: 'Bearer sesame' })).status).toBe(202);
    await sample.eventually('/api/segments', ({ segments }: { segments: { name: string }[] }) =>
      segments.some(({ name }) => name === 'night owls'),
    );
    expect((await sample.get('/api/segments')).segments).toContainEqual(
      expect.objectContaining({ segmentId: 's1', name: 'night owls', madeName: 'steady' }),
    );
  });

  it('a body beyond its limit', async () => {
    await sample.open({ token: 'sesame' });
    const response = await fetch(`${sample.view.url}api/models/retrain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sesame' },
      body: JSON.stringify({ reason: 'x'.repeat(100_000) }),
    });
    expect(response.status).toBe(413);
  });
});

describe('customers as keyed hashes', () => {
  it('stand nowhere by their own ids, and are found by them', async () => {
    await sample.open({ customerKey: 'pepper' });
    await sample.fill();
    const { customers } = await sample.get('/api/customers');
    expect(customers).toHaveLength(3);
    const story = await sample.get('/api/customers/a');
    expect(story.customerId).toMatch(/^[\w-]{16}$/);
    expect(customers.map(({ customerId }: { customerId: string }) => customerId)).toContain(story.customerId);
    expect((await sample.get('/api/alerts?customerId=a')).alerts).toHaveLength(1);
    expect(story.alerts[0].alertId).toBe(`silence/${story.customerId}/${dayAt(2)}`);
    expect((await sample.get('/api/segments')).segments[0].medoidCustomer).toBe(story.customerId);
  });
});

describe('changes', () => {
  it('asks the run for a training', async () => {
    await sample.open({ token: 'sesame' });
    const response = await fetch(`${sample.view.url}api/models/retrain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sesame' },
      body: JSON.stringify({ reason: 'a look' }),
    });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    const folder = join(sample.run.folder, 'models', 'requests');
    expect(await readdir(folder)).toEqual([`${id}.json`]);
    expect(JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8'))).toMatchObject({
      id,
      kind: 'retrain',
      reason: 'a look',
      fresh: false,
    });
  });

  it('says why there is nothing to go back to', async () => {
    await sample.open({ token: 'sesame' });
    const response = await fetch(`${sample.view.url}api/models/rollback`, {
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
    await sample.open();
    await sample.fill();
    const first = await fetch(`${sample.view.url}api/drift`);
    const tag = first.headers.get('etag')!;
    const again = () => sample.statusOf('/api/drift', { 'if-none-match': tag });
    expect(await again()).toBe(304);
    const others = [`"x", ${tag}, "y"`, tag.replace('W/', ''), '*', '"x"', `x${tag.slice(3, -1)}`];
    const codes = [];
    for (const list of others) codes.push(await sample.statusOf('/api/drift', { 'if-none-match': list }));
    expect(codes).toEqual([304, 304, 304, 200, 200]);
    // Of what there is not, there is not any answer.
    expect(await sample.statusOf('/api/customers/nobody', { 'if-none-match': '*' })).toBe(404);
    await sample.run.append('drift', drift('usage', 4, 0.5));
    await sample.eventually('/api/drift', ({ reports }: { reports: { value: number }[] }) => reports[0]!.value === 0.5);
    expect(await again()).toBe(200);
  });
});

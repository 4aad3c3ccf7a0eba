import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openViewStore } from '../../../src/service/view/store/view-store.js';
import { alert, assignment, embedding, transition } from './sample-run.js';
import { useSampleView } from './sample-view.js';

const sample = useSampleView();

describe('a folder that is followed', () => {
  it('is read from the beginning where a file was cut short', async () => {
    await sample.open();
    await sample.fill();
    await sample.run.replace('assignments', assignment('a', 2, 's1'));
    await sample.eventually('/api/customers', ({ customers }: { customers: unknown[] }) => customers.length === 1);
    expect(
      (await sample.get('/api/segments')).segments.find((one: { segmentId: string }) => one.segmentId === 's1').sizes,
    ).toEqual([1]);
  });

  it('gives way to a revision, and counts it once', async () => {
    await sample.open();
    await sample.fill();
    await sample.run.append('assignments', assignment('b', 3, 's2', { revision: 1 }));
    await sample.eventually('/api/customers/b', ({ segmentId }: { segmentId: string }) => segmentId === 's2');
    const { segments } = await sample.get('/api/segments');
    expect(segments.map(({ sizes }: { sizes: number[] }) => sizes[1])).toEqual([1, 1]);
  });

  it('is not read twice where the database outlasts a restart', async () => {
    const database = join(sample.run.folder, 'view.sqlite');
    await sample.open({ database });
    await sample.fill();
    await sample.view.close();
    await sample.open({ database });
    await sample.run.append('transitions', transition('b', 3, 's1', 's2'));
    await sample.eventually('/api/flows', ({ flows }: { flows: { customers: number }[] }) => flows[0]?.customers === 2);
    expect((await sample.get('/api/summary')).records.assignments).toBe(5);
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
    const path = join(sample.run.folder, 'view.sqlite');
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

describe('streams of events', () => {
  it('begin with the state of now, tell of records, and are capped', async () => {
    await sample.open();
    const abort = new AbortController();
    const stream = async () =>
      (await fetch(`${sample.view.url}api/events`, { signal: abort.signal })).body!.getReader();
    const readers = [await stream(), await stream(), await stream()];
    expect(await sample.statusOf('/api/events')).toBe(503);
    await sample.run.append('alerts', alert('a', 2));
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes('"alerts":1')) text += decoder.decode((await readers[0]!.read()).value);
    expect(text).toMatch(/^retry: 2000\n\nevent: state\ndata: \{"instance":/);
    abort.abort();
  });
});

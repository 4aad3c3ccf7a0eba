import { describe, expect, it } from 'vitest';
import { packageVersion } from '../../../src/service/cli/package-path.js';
import type { MapAnswer } from '../../../src/service/view/api/answers.js';
import { toOpenApi } from '../../../src/service/view/api/openapi.js';
import { createRoutes } from '../../../src/service/view/api/routes.js';
import { openViewStore } from '../../../src/service/view/store/view-store.js';
import { assignment, dayAt, drift, embedding, modelEvent, segment, transition } from './sample-run.js';
import { useSampleView } from './sample-view.js';

const sample = useSampleView();

describe('what the API tells', () => {
  it('a segment by its customers of now and its windows over time', async () => {
    await sample.open();
    await sample.fill();
    const { modelVersion, windowEnds, segments } = await sample.get('/api/segments');
    expect(modelVersion).toBe('v1-00000000');
    expect(windowEnds).toEqual([dayAt(2), dayAt(3)]);
    // a is in s2 since day 3, b stayed in s1, c was last heard of on day 2.
    expect(segments).toMatchObject([
      { segmentId: 's2', name: 'growing', customers: 2, share: 2 / 3, sizes: [1, 1] },
      { segmentId: 's1', name: 'steady', customers: 1, share: 1 / 3, sizes: [2, 1], prototype: [[1, 2, 3]] },
    ]);
  });

  it('the story of a customer', async () => {
    await sample.open();
    await sample.fill();
    expect(await sample.get('/api/customers/a')).toMatchObject({
      customerId: 'a',
      segmentId: 's2',
      assignments: [
        { windowEnd: dayAt(2), segmentId: 's1', margin: 0.25, final: true, inactive: false },
        { windowEnd: dayAt(3), segmentId: 's2' },
      ],
      transitions: [{ from: 's1', to: 's2', cause: 'behaviour' }],
      alerts: [{ alertId: `silence/a/${dayAt(2)}` }],
    });
    expect(await sample.get('/api/customers/nobody')).toMatchObject({ status: 404 });
  });

  it('flows of the last window, or of a range', async () => {
    await sample.open();
    await sample.fill();
    await sample.run.append('transitions', transition('b', 4, 's1', 's2', 'model'), transition('c', 4, 's2', 's1'));
    await sample.eventually('/api/flows', ({ windows }: { windows: unknown[] }) => windows.length === 2);
    const last = await sample.get('/api/flows');
    expect(last.flows).toEqual([
      { from: 's1', to: 's2', fromName: 'steady', toName: 'growing', customers: 1, byBehaviour: 0 },
      { from: 's2', to: 's1', fromName: 'growing', toName: 'steady', customers: 1, byBehaviour: 1 },
    ]);
    const all = await sample.get('/api/flows?from=0');
    expect(all.flows[0]).toMatchObject({ from: 's1', to: 's2', customers: 2, byBehaviour: 1 });
    expect(all.windows).toEqual([
      { windowEnd: dayAt(3), behaviour: 1, model: 0, both: 0 },
      { windowEnd: dayAt(4), behaviour: 1, model: 1, both: 0 },
    ]);
  });

  it('a customer’s moves by the names of then, flows by names that lasted, and whom no segment in force holds', async () => {
    await sample.open();
    const made = (name: string) => ({ name, madeName: name });
    await sample.run.append('segments', segment('s1', made('fading')), segment('s2', made('steady')));
    await sample.run.append(
      'model-events',
      modelEvent('v1-00000000', 'promoted', 2),
      modelEvent('v2-00000000', 'promoted', 3),
    );
    const v2 = { modelVersion: 'v2-00000000' };
    await sample.run.append(
      'segments',
      segment('s1', { ...v2, ...made('growing') }),
      segment('s3', { ...v2, name: 'mine' }),
    );
    await sample.run.append('assignments', assignment('a', 3, 's1'), assignment('b', 2, 's2'));
    await sample.run.append(
      'transitions',
      { ...transition('a', 3, 's2', 's1'), ...v2 },
      transition('b', 2, 's1', 's2'),
    );
    await sample.eventually('/api/flows?from=0', ({ flows }: { flows: unknown[] }) => flows.length === 2);
    const inForce = ({ modelVersion, former }: { modelVersion: string; former: unknown[] }): boolean =>
      modelVersion === v2.modelVersion && former.length > 0;
    expect(await sample.eventually('/api/segments', inForce)).toMatchObject({
      former: [{ segmentId: 's2', name: 'steady', customers: 1 }],
    });
    expect((await sample.get('/api/flows?from=0')).flows).toMatchObject([
      { from: 's1', to: 's2', fromName: null, toName: 'steady' },
      { from: 's2', to: 's1', fromName: 'steady', toName: null },
    ]);
    expect((await sample.get('/api/customers/a')).transitions).toMatchObject([
      { fromName: 'steady', toName: 'growing' },
    ]);
    expect((await sample.get('/api/customers/b')).transitions).toMatchObject([
      { fromName: 'fading', toName: 'steady' },
    ]);
  });

  it('drift: what is beyond its threshold first, with its course', async () => {
    await sample.open();
    await sample.fill();
    const { reports } = await sample.get('/api/drift');
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
    await sample.open();
    await sample.fill();
    expect(await sample.get('/api/summary')).toMatchObject({ drifted: 1 });
    const between = { statistic: 'change', drifted: true };
    // Of a segment that the round of day 4 does not know any more: usage stays beyond its threshold for ever.
    await sample.run.append(
      'drift',
      drift('level', 4, 0.3),
      { ...drift('dim0', 5, 0.9), ...between },
      { ...drift('dim1', 3, 0.9), ...between },
    );
    await sample.eventually('/api/summary', ({ records }: { records: { drift: number } }) => records.drift === 6);
    expect(await sample.get('/api/summary')).toMatchObject({ drifted: 2 });
    const { reports } = await sample.get('/api/drift');
    expect(reports.map(({ subject, drifted, past }: Record<string, unknown>) => [subject, drifted, past])).toEqual([
      ['dim0', true, false],
      ['level', true, false],
      ['dim1', false, true],
      ['usage', false, true],
    ]);
  });

  it('alerts page by page, the newest first, and by what is asked for', async () => {
    await sample.open();
    await sample.fill();
    const first = await sample.get('/api/alerts?limit=1');
    expect(first.alerts).toHaveLength(1);
    const second = await sample.get(`/api/alerts?limit=1&cursor=${first.next}`);
    expect(second.next).toBeNull();
    expect([first.alerts[0].customerId, second.alerts[0].customerId].sort()).toEqual(['a', 'b']);
    expect((await sample.get('/api/alerts?severity=high')).alerts).toMatchObject([{ customerId: 'b' }]);
  });

  it('where windows lie: the first two directions of their vectors', async () => {
    await sample.open();
    // On a line: the second direction has nothing.
    const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);
    await sample.run.append('embeddings', ...ids.map((id, i) => embedding(id, 2, [i, 2 * i, 0])));
    await sample.run.append('assignments', ...ids.map((id, i) => assignment(id, 2, i < 100 ? 's1' : 's2')));
    const map = (await sample.eventually(
      '/api/map',
      ({ segments, x }: { segments: unknown[]; x: unknown[] }) => x.length === 200 && !segments.includes(null),
    )) as { x: number[]; y: number[]; segment: number[]; segments: string[]; customers: string[] };
    const at = (id: string): number => map.x[map.customers.indexOf(id)]!;
    expect(Math.abs(at('c10') - at('c0'))).toBeCloseTo(10 * Math.sqrt(5), 2);
    expect(Math.max(...map.y.map(Math.abs))).toBeLessThan(0.001);
    expect(map.segments[map.segment[map.customers.indexOf('c150')]!]).toBe('s2');
  });

  it('where a share of the customers lies: the same ones in each window, in whatever order they came', async () => {
    await sample.open();
    const ids = Array.from({ length: 400 }, (_, i) => `c${i}`);
    const write = async (day: number, given: readonly string[]) => {
      const segmentOf = (id: string) => `s${Math.floor(Number(id.slice(1)) / 100)}`;
      await sample.run.append('embeddings', ...given.map((id) => embedding(id, day, [Number(id.slice(1)), 1, 0])));
      await sample.run.append('assignments', ...given.map((id) => assignment(id, day, segmentOf(id))));
    };
    await write(2, ids);
    await write(3, ids.toReversed());
    const read = (day: number) =>
      sample.eventually(
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
    await sample.open();
    const groups = 8;
    const ids = Array.from({ length: 240 }, (_, i) => `c${i}`);
    // Each group has a direction of its own: of eight, a plane shows two.
    const vectorOf = (i: number): number[] =>
      Array.from({ length: groups }, (_, d) => (d === i % groups ? 4 : 0) + 0.3 * Math.sin(7 * i + 3 * d * i));
    await sample.run.append('embeddings', ...ids.map((id, i) => embedding(id, 2, vectorOf(i))));
    await sample.run.append('assignments', ...ids.map((id) => assignment(id, 2, 's1')));
    const has = ({ x }: { x: number[] }): boolean => x.length === ids.length;
    const plane = (await sample.eventually('/api/map', has)) as MapAnswer;
    const neighbours = (await sample.get('/api/map?layout=neighbours')) as MapAnswer;
    expect(neighbours.customers).toEqual(plane.customers);
    expect(neighbours.x.every((x) => x >= neighbours.extent![0]! && x <= neighbours.extent![1]!)).toBe(true);
    expect(shareOfOwn(neighbours, groups)).toBeGreaterThan(0.99);
    expect(shareOfOwn(plane, groups)).toBeLessThan(0.9);
    expect(await sample.get('/api/map?layout=neighbours&limit=10')).toMatchObject({ x: { length: 10 } });
  });

  it('every answer is as the OpenAPI document says', async () => {
    await sample.open();
    await sample.fill();
    const document = await sample.get('/api/openapi.json');
    const store = openViewStore();
    const routes = createRoutes({ store } as never);
    for (const { method, path, answer, changes } of routes) {
      expect(document.paths[path], path).toHaveProperty(method.toLowerCase());
      if (method !== 'GET' || changes) continue;
      const found = await sample.get(path.replace('{customerId}', 'a'));
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

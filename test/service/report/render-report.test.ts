import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderChart } from '../../../src/charts/render-chart.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { gatherReport } from '../../../src/service/report/gather-report.js';
import { type RenderedReport, renderReport } from '../../../src/service/report/render-report.js';
import { toViewSettings } from '../../../src/service/view/to-view-settings.js';
import {
  alert,
  assignment,
  createSampleRun,
  drift,
  embedding,
  modelEvent,
  type SampleRun,
  segment,
  transition,
} from '../view/sample-run.js';

const HOSTILE = '"><script>alert(1)</script>\u202e';

let run: SampleRun;
beforeEach(async () => {
  run = await createSampleRun();
});
afterEach(() => run.remove());

async function render(): Promise<RenderedReport> {
  const config = loadConfig({ flags: [{ key: 'name', value: HOSTILE, where: 'test' }] });
  const facts = await gatherReport(
    toViewSettings(config, run.folder, 0),
    { labels: undefined, labelField: undefined, windows: true },
    {
      clock: { now: () => 0 },
      log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
  );
  return renderReport(facts, renderChart);
}

async function fill(): Promise<void> {
  const ids = Array.from({ length: 130 }, (_, i) => `${HOSTILE}${i}`);
  await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
  await run.append('segments', segment('s1', { name: HOSTILE }), segment('s2', { advice: 'model' }));
  await run.append('assignments', ...ids.flatMap((id) => [assignment(id, 2, 's1'), assignment(id, 3, 's2')]));
  await run.append('transitions', ...ids.slice(0, 9).map((id) => transition(id, 3, 's1', 's2')));
  await run.append('drift', drift('usage', 3, 0.4), drift(HOSTILE, 3, 0.05));
  await run.append('alerts', ...ids.slice(0, 5).map((id) => alert(id, 3)));
  await run.append('embeddings', ...ids.map((id, i) => embedding(id, 3, [Math.cos(i), Math.sin(i), 0.1])));
}

describe('renderReport', () => {
  it('writes a page that needs nothing and runs nothing, whatever names hold', async () => {
    await fill();
    const { page } = await render();
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bon\w+=| style=|\u202e/);
    expect(page.match(/https?:\/\/[^\s"]+/g)?.every((url) => url.startsWith('http://www.w3.org/'))).toBe(true);
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(page)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
  });

  it('tells figures of the outputs', async () => {
    await fill();
    const { page, plots } = await render();
    expect(page).toContain('130 customers fall into 2 segments');
    expect(page).toContain('moved between segments 9 times');
    expect(page).toContain('needs a forecasting model');
    expect(page).toContain('the run has not finished, or left no summary with its settings');
    expect([...plots.keys()].sort()).toEqual([
      'alerts',
      'drift',
      'flows',
      'map',
      'moves',
      'segment-s1-1',
      'segment-s2-1',
      'sizes',
    ]);
    for (const svg of plots.values()) {
      expect(svg).not.toContain('var(--');
      expect(svg).toContain('fill="#ffffff"');
    }
  });

  it('accounts for customers whose segment is not in force any more, and names segments as they were called', async () => {
    const then = { modelVersion: 'v1-00000000' };
    const now = { modelVersion: 'v2-00000000' };
    await run.append('model-events', modelEvent(then.modelVersion, 'promoted', 2));
    const first = [
      segment('s1', { name: 'fading', madeName: 'fading' }),
      segment('s2'),
      segment('s9', { name: 'gone' }),
    ];
    await run.append('segments', ...first);
    await run.append('model-events', modelEvent(now.modelVersion, 'promoted', 3));
    const growing = { ...now, name: 'growing', madeName: 'growing' };
    const second = [
      segment('s1', { ...growing, prototype: [[1, null, 3]] }),
      segment('s2', { ...now, name: 'my own' }),
    ];
    await run.append('segments', ...second);
    await run.append('assignments', assignment('a', 3, 's1'), assignment('b', 3, 's2'), assignment('c', 2, 's9'));
    await run.append('transitions', transition('a', 3, 's2', 's1'));
    const { page, plots } = await render();
    expect(page).toContain(
      '3 customers fall into 2 segments, but for 1 whose latest window lies in segments of before',
    );
    expect(page).toContain('1 customer stands on no card');
    expect(page).toMatch(/<b>s9<\/b> gone<\/span> 1</);
    // s1 was called otherwise then; people's own name of s2 belongs to the id.
    expect(page).toMatch(
      /<td><span class="tag segment-\d"><b>s2<\/b> my own<\/span><\/td><td><span class="tag segment-\d"><b>s1<\/b><\/span><\/td>/,
    );
    expect(page).toContain('<th scope="col" class="number">own silhouette</th>');
    // A step that nobody knows parts the line in two.
    const [whole, parted] = ['s2', 's1'].map((id) =>
      (plots.get(`segment-${id}-1`)!.match(/<path d="M[^"]*" fill="none"/g) ?? []).join(''),
    );
    expect(parted!.match(/M/g)!.length).toBeGreaterThan(whole!.match(/M/g)!.length);
  });

  it('has something to say of a run without a model', async () => {
    await run.append('assignments', assignment('a', 2, null));
    const { page, plots } = await render();
    expect(page).toContain('There are no segments yet');
    expect(plots.size).toBe(0);
  });

  it('speaks of one as of one', async () => {
    await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
    await run.append('segments', segment('s1'));
    await run.append('assignments', assignment('a', 3, 's1'));
    await run.append('alerts', alert('a', 3));
    await run.append('drift', drift('usage', 3, 0.4));
    const { page } = await render();
    expect(page).toContain('1 customer falls into 1 segment');
    expect(page).toContain('1 alert stands, and 1 statistic is beyond its threshold at the end');
    expect(page).toContain('<li><b>1</b><span>drifting statistic</span></li>');
    expect(page).toContain('1 statistic as multiples of their thresholds, 1 of which drifts');
    expect(page).not.toMatch(/\b1 (customers|alerts|statistics|segments)\b/);
  });
});

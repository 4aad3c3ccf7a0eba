import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { gatherReport } from '../../../src/service/report/gather-report.js';
import type { ReportFacts } from '../../../src/service/report/report-facts.js';
import { qualitySection } from '../../../src/service/report/sections/quality-section.js';
import type { SectionParts } from '../../../src/service/report/sections/section-parts.js';
import { toViewSettings } from '../../../src/service/view/to-view-settings.js';
import { assignment, createSampleRun, dayAt, modelEvent, type SampleRun, segment } from '../view/sample-run.js';

let run: SampleRun;
beforeEach(async () => {
  run = await createSampleRun();
  await run.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
  await run.append('segments', segment('s1'), segment('s2'));
  const windows = [2, 3].flatMap((day) => [assignment('a', day, 's1'), assignment('b', day, 's2')]);
  await run.append('assignments', ...windows, assignment('c', 3, 's2'));
});
afterEach(() => run.remove());

async function factsOf(labels?: readonly object[], labelField?: string): Promise<ReportFacts> {
  const path = join(run.folder, 'labels.ndjson');
  if (labels) await writeFile(path, labels.map((label) => `${JSON.stringify(label)}\n`).join(''));
  return gatherReport(
    toViewSettings(loadConfig({}), run.folder, 0),
    { labels: labels && path, labelField, windows: false },
    {
      clock: { now: () => 0 },
      log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
  );
}

/** The section's text; without charts it asks nothing of its parts. */
function told(facts: ReportFacts): string {
  return qualitySection(facts, {} as SectionParts).body.html;
}

describe('the labels of a report', () => {
  const perfect = [
    { customerId: 'a', segment: 'x' },
    { customerId: 'b', segment: 'y' },
  ];

  it('score the windows of the model in force that lie in their span', async () => {
    const { labels } = await factsOf(perfect);
    expect(labels).toMatchObject({ windows: 4, classes: 2, ari: 1, nmi: 1 });
    const late = perfect.map((label) => ({ ...label, from: dayAt(2) }));
    expect((await factsOf(late)).labels).toMatchObject({ windows: 2, classes: 2 });
  });

  it('are told to score nothing where the model in force has assigned no window, and the report goes on', async () => {
    await run.append('model-events', modelEvent('v2-00000000', 'promoted', 3));
    await run.append('segments', segment('s1', { modelVersion: 'v2-00000000' }));
    const facts = await factsOf(perfect);
    expect(facts.labels).toEqual({ why: 'the model in force, v2-00000000, has assigned no window yet' });
    expect(told(facts)).toContain('Not scored against labels: the model in force, v2-00000000');
    await run.append('assignments', assignment('c', 4, 's1', { modelVersion: 'v2-00000000' }));
    expect((await factsOf(perfect)).labels).toMatchObject({ why: expect.stringContaining('of former models alone') });
  });

  it('are refused where they are of another stream', async () => {
    await expect(factsOf([{ customerId: 'z', segment: 'x' }])).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('labels none of the 5 windows that were assigned'),
    });
  });

  it('that came on events are those of the summary', async () => {
    const config = { input: { fields: { label: 'class' } } };
    const labels = {
      windows: 7,
      labels: 2,
      leftOut: 0,
      adjustedRandIndex: 0.25,
      normalizedMutualInformation: 0.5,
    };
    await writeFile(join(run.folder, 'summary.json'), JSON.stringify({ name: 'sample', config, labels }));
    const facts = await factsOf();
    expect(facts.labels).toMatchObject({ windows: 7, classes: 2, ari: 0.25, nmi: 0.5 });
    expect(told(facts)).toMatch(/ARI<\/td><td class="number">0\.25<\/td><td>.*7 windows in 2 known classes/);
    // A file that is named goes before them.
    expect((await factsOf(perfect)).labels).toMatchObject({ windows: 4, ari: 1 });

    await writeFile(join(run.folder, 'summary.json'), JSON.stringify({ name: 'sample', config }));
    expect((await factsOf()).labels).toEqual({
      why: "no event with 'class' is in a window that the model in force assigned",
    });
  });

  it('that came on events are told to be elsewhere while there is no summary', async () => {
    expect((await factsOf()).labels).toBeUndefined();
    expect((await factsOf(undefined, 'class')).labels).toMatchObject({
      why: expect.stringContaining("labels of events ('class') are scored by the summary of a run that has ended"),
    });
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import type { RunSummary } from '../../src/service/run-summary.js';
import { outputsOf, runSegtide, STARTS_OVER, scratchFolder, startSegtide } from './segtide.js';
import { QUICK_TRAINING, USAGE_FLAGS, usageLines, writeLines } from './usage-file.js';

const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
const FLAGS = [
  ...[...USAGE_FLAGS, ...QUICK_TRAINING, '--set', 'run.checkpointEvery=200ms'],
  ...['--set', 'output.embeddings.enabled=true', '--set', 'output.embeddings.partWindows=2000'],
  // Each training takes a second or two, and runs again after a kill.
  ...['--set', 'model.align.to=first', '--set', 'model.retrain.everyWindows=6000'],
];

beforeAll(async () => {
  await writeLines(at('usage.ndjson'), usageLines(1600, 60, 3, 90));
  writeFileSync(at('usage.ndjson.gz'), gzipSync(readFileSync(at('usage.ndjson')), { level: 1 }));
  // The same customers in every part, so that the parts have to be merged by time.
  const parts = [0, 1, 2].map((part) => [...usageLines(900, 60, part)]);
  for (const [part, lines] of parts.entries()) await writeLines(at(`part-${part}.ndjson`), lines);
});
afterAll(() => folder.remove());

describe('segtide run --resume', () => {
  it.each([
    ['one file', ['usage.ndjson'], 4, 'parquet'],
    ['several files', ['part-0.ndjson', 'part-1.ndjson', 'part-2.ndjson'], 2, 'ndjson'],
    ['a gzip file', ['usage.ndjson.gz'], 2, 'parquet'],
  ])('over %s writes the same bytes as a run that was never killed', async (_, files, kills, format) => {
    const args = ['run', ...files.map(at), ...FLAGS, '--set', `output.embeddings.format=${format}`];
    const whole = at(`whole-${files[0]}`);
    const begin = performance.now();
    expect(await runSegtide([...args, '--output', whole])).toMatchObject({ code: 0, stderr: '' });
    const wallMs = performance.now() - begin;
    const summary: RunSummary = JSON.parse(readFileSync(join(whole, 'summary.json'), 'utf8'));
    expect(summary.models.length).toBeGreaterThanOrEqual(3);
    expect(summary.transitions).toBeGreaterThan(0);
    const parts = Object.keys(outputsOf(whole)).filter((name) => name.endsWith('.parquet'));
    expect(parts.length > 3).toBe(format === 'parquet');

    const random = createRandom(11);
    let killed = 0;
    let resumed = 0;
    for (let attempt = 0; killed < kills; attempt++) {
      const output = at(`killed-${files[0]}-${attempt}`);
      while (!existsSync(join(output, 'summary.json'))) {
        const { child, ended } = startSegtide([...args, '--output', output, '--resume']);
        child.stdin!.end();
        if (killed < kills) {
          const moment = setTimeout(random.next() * 0.7 * wallMs);
          await Promise.race([moment, ended]);
          child.kill('SIGKILL');
        }
        const { code, signal, stderr } = await ended;
        // A kill before the first checkpoint leaves nothing to go on from.
        expect(stderr.replace(STARTS_OVER, '')).toBe('');
        if (signal === 'SIGKILL') killed++;
        else expect(code).toBe(0);
        if (existsSync(join(output, 'checkpoints'))) resumed++;
      }
      expect(outputsOf(output)).toEqual(outputsOf(whole));
      expect(accountsOf(output)).toEqual(accountsOf(whole));
    }
    expect(killed).toBe(kills);
    expect(resumed).toBeGreaterThan(0);
  });

  it('of a run that has finished says the same again and changes nothing', async () => {
    const output = at('finished');
    const args = [
      'run',
      at('part-0.ndjson'),
      ...FLAGS.filter((flag) => flag !== '--quiet'),
      '--output',
      output,
      '--json',
    ];
    const first = await runSegtide(args);
    const before = outputsOf(output);
    const again = await runSegtide([...args, '--resume']);
    expect(again).toMatchObject({ code: 0, stdout: first.stdout });
    expect(outputsOf(output)).toEqual(before);
  });

  it('refuses a run of other settings, a used folder without --resume, and standard input', async () => {
    const output = at('refused');
    const args = ['run', at('few.ndjson'), ...FLAGS, '--output', output];
    await writeLines(at('few.ndjson'), usageLines(3, 20));
    expect(await runSegtide(args)).toMatchObject({ code: 0, stderr: '' });
    const before = outputsOf(output);
    const other = await runSegtide([...args, '--resume', '--seed', '7']);
    expect(other).toMatchObject({ code: 5, stderr: expect.stringMatching(/^segtide: .*other settings.*\n$/) });
    const used = await runSegtide(args);
    expect(used).toMatchObject({ code: 4, stderr: expect.stringMatching(/^segtide: .*not empty.*\n$/) });
    expect(outputsOf(output)).toEqual(before);
    const piped = await runSegtide(['run', '-', ...FLAGS, '--output', at('piped'), '--resume']);
    expect(piped).toMatchObject({ code: 2, stderr: expect.stringMatching(/^segtide: .*standard input.*\n$/) });
  });
});

/** What the summary counts, without times and paths; its settings name the folder. */
function accountsOf(folder: string): Partial<RunSummary> {
  const { seconds, eventsPerSecond, outputs, config, ...accounts } = JSON.parse(
    readFileSync(join(folder, 'summary.json'), 'utf8'),
  );
  return { ...accounts, outputs: outputs.map((one: { output: string; records: number }) => [one.output, one.records]) };
}

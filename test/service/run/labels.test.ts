import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { runFromConfig } from '../../../src/service/run/run.js';
import type { RunSummary } from '../../../src/service/run-summary.js';
import { renderSummary } from '../../../src/service/summary/render-summary.js';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const DAYS = 48;
/** `a` to `f` use little, `g` to `l` much; `h` is told to be of those who use little, and most are not told of. */
const CUSTOMERS = [...'abcdefghijkl'];
const LABELS: Readonly<Record<string, string>> = { a: 'low', b: 'low', g: 'high', h: 'low' };

let folder: string;
let summary: RunSummary;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-labels-'));
  summary = await run('labelled', ['input.fields.label=kind']);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run with labels', () => {
  it('tells how far segments agree with them, worked out by hand', () => {
    // 42 windows of each customer, of which the first model is made of 256: 22 of a to d, 21 of the others. Of the labelled
    // windows after them 20 + 20 of low and 21 of low came to segments apart, the latter to that of the 21 of high.
    const pairs = (n: number): number => (n * (n - 1)) / 2;
    const [together, byLabel, bySegment] = [pairs(40) + 2 * pairs(21), pairs(61) + pairs(21), pairs(40) + pairs(42)];
    expect([together, byLabel, bySegment, pairs(82)]).toEqual([1200, 2040, 1641, 3321]);
    const entropy = (...parts: number[]): number => parts.reduce((sum, n) => sum - (n / 82) * Math.log(n / 82), 0);
    const information = entropy(61, 21) + entropy(40, 42) - entropy(40, 21, 21);
    expect(summary.labels).toEqual({
      windows: 82,
      labels: 2,
      leftOut: 0,
      adjustedRandIndex: expect.closeTo((1200 - (2040 * 1641) / 3321) / ((2040 + 1641) / 2 - (2040 * 1641) / 3321), 9),
      normalizedMutualInformation: expect.closeTo((2 * information) / (entropy(61, 21) + entropy(40, 42)), 9),
    });
    expect(renderSummary(summary, { width: 100, color: false })).toContain(
      'Agreement with labels\n  ARI 0.231, NMI 0.339: 82 labelled windows of 2 labels by the model in force\n',
    );
    expect(summary.events).toMatchObject({ in: 12 * DAYS + 1, accepted: 12 * DAYS, deadLettered: 1 });
    expect(summary.deadLetterReasons).toEqual({ invalid: 1 });
    const [letter] = read('labelled', 'dead-letters').trim().split('\n');
    expect(JSON.parse(letter!).detail).toContain('field `kind` is ["low"], not text, a number, true or false');
  });

  it('writes the same bytes as one that maps none', async () => {
    const unlabelled = await run('unlabelled', []);
    for (const output of ['assignments', 'transitions', 'segments', 'drift', 'alerts', 'model-events']) {
      expect(read('unlabelled', output)).toBe(read('labelled', output));
    }
    expect(unlabelled).not.toHaveProperty('labels');
    expect(renderSummary(unlabelled, { width: 100, color: false })).not.toContain('Agreement');
  });
});

function read(name: string, output: string): string {
  return readFileSync(join(folder, name, `${output}.ndjson`), 'utf8');
}

async function run(name: string, settings: readonly string[]): Promise<RunSummary> {
  const input = join(folder, `${name}.ndjson`);
  writeFileSync(input, usage(settings.length > 0));
  const flags = [
    `input.paths=${input}`,
    `output.path=${join(folder, name)}`,
    ...settings,
    'input.time.unit=ms',
    'input.channels=[{name: value, field: value}]',
    'window.step=day',
    'window.steps=7',
    'window.hop=1',
    'series.scale=none',
    'cluster.k=2',
    'model.firstFit=256',
    'model.retrain.everyWindowLengths=100',
    'model.retrain.onDrift=false',
    'encoder.init=fresh',
    'encoder.updates=5',
    'encoder.hidden=4',
    'encoder.views=[level]',
  ];
  return runFromConfig(loadConfig({ flags: flags.map(toAssignment) }), {
    signal: new AbortController().signal,
    progress: () => undefined,
    log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
    clock: { now: () => START },
  });
}

function usage(hasUnfit: boolean): string {
  const lines: string[] = hasUnfit ? [line('a', 0, { kind: ['low'] })] : [];
  for (let day = 0; day < DAYS; day++) {
    for (const [i, id] of CUSTOMERS.entries()) {
      // Told now and then, and last as null.
      const kind = day % 6 === 0 ? LABELS[id] : day % 6 === 5 ? null : undefined;
      lines.push(line(id, day, { value: (i < 6 ? 1 : 100) + (day % 3), kind }));
    }
  }
  return lines.join('');
}

function line(customer: string, day: number, fields: object): string {
  return `${JSON.stringify({ customer, time: START + day * DAY, value: 1, ...fields })}\n`;
}

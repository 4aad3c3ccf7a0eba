import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDINGS, OUTPUTS } from '../../src/publish/output.js';
import type { RunSummary } from '../../src/service/run-summary.js';
import { type Ended, outputsOf, recordsOf, runSegtide, scratchFolder } from './segtide.js';

const EVENTS = 327_346;
const folder = scratchFolder();
const first = join(folder.path, 'first');
let ended: Ended;
let summary: RunSummary;

beforeAll(async () => {
  ended = await runSegtide(['demo', 'flights', '--json', '--output', first]);
  summary = JSON.parse(ended.stdout);
});
afterAll(() => folder.remove());

describe('segtide demo flights', () => {
  it('ends well and says nothing on standard error', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('accounts for every flight', () => {
    const { in: total, ...fates } = summary.events;
    expect(total).toBe(EVENTS);
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(EVENTS);
  });

  it('cuts the year into exactly 11 windows', () => {
    expect(new Set(recordsOf(first, 'assignments').map(({ windowStart }) => windowStart)).size).toBe(11);
  });

  it('trains again at least three times, each with a reason, and promotes one of those', () => {
    const [, ...retrains] = summary.models;
    expect(retrains.length).toBeGreaterThanOrEqual(3);
    expect(retrains.every(({ reason, why }) => reason !== '' && why !== '')).toBe(true);
    expect(retrains.some(({ promoted }) => promoted)).toBe(true);
  });

  it('writes every output that is on by default, each line a record with all fields of its schema', () => {
    for (const { name, schema } of OUTPUTS) {
      if (name === EMBEDDINGS.name) continue;
      const fields = schema.fields.map((field) => field.name);
      const records = recordsOf(first, name);
      expect(
        records.every((record) => fields.join() === Object.keys(record).join()),
        name,
      ).toBe(true);
      expect(records.length, name).toBe(summary.outputs.find(({ output }) => output === name)?.records);
    }
    expect(existsSync(join(first, 'summary.json'))).toBe(true);
    expect(existsSync(join(first, 'checkpoints'))).toBe(false);
  });

  it('gives each window of a customer once, and its segments add up', () => {
    const assignments = recordsOf(first, 'assignments');
    const keys = new Set(assignments.map((a) => `${a.customerId}/${a.windowStart}/${a.revision}`));
    expect(keys.size).toBe(assignments.length);
    const share = summary.segments.reduce((sum, segment) => sum + segment.share, 0);
    expect(share).toBeCloseTo(1, 9);
  });

  it('gives the same bytes again', async () => {
    // Of small samples, which train in a moment: what could differ is when a model arrives, not what it is made of.
    const [once, again] = ['once', 'again'].map((name) => join(folder.path, name)) as [string, string];
    for (const output of [once, again]) {
      const args = ['demo', 'flights', '--quiet', '--set', 'model.reservoir=1500', '--output', output];
      expect((await runSegtide(args)).code).toBe(0);
    }
    expect(recordsOf(once, 'model-events').length).toBeGreaterThanOrEqual(4);
    expect(outputsOf(again)).toEqual(outputsOf(once));
  });
});

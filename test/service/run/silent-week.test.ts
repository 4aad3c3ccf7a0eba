import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { runFromConfig } from '../../../src/service/run/run.js';

const folder = mkdtempSync(join(tmpdir(), 'segtide-silent-week-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.UTC(2024, 0, 1);
const STEP = 6 * 3_600_000;
const WEEK = 28 * STEP;
const SILENT = 5;

/** Customers of four levels with two rhythms, who all stop for a week and go on as before. */
function* usage(customers: number, weeks: number): Generator<string> {
  const random = createRandom(1);
  for (let time = START; time < START + weeks * WEEK; time += STEP) {
    if (Math.floor((time - START) / WEEK) === SILENT) continue;
    for (let c = 0; c < customers; c++) {
      const evening = time % (4 * STEP) === 3 * STEP ? (c % 2 === 0 ? 2 : 0.5) : 1;
      const value = ((c % 4) + 1) * evening * (0.9 + 0.2 * random.next());
      yield `{"customer":"c${c}","time":${time + c * 1000},"value":${value.toFixed(3)}}\n`;
    }
  }
}

it('keeps its segments over a week in which nothing came', async () => {
  writeFileSync(join(folder, 'usage.ndjson'), [...usage(300, 10)].join(''));
  const flags = [
    `input.paths=${join(folder, 'usage.ndjson')}`,
    `output.path=${join(folder, 'out')}`,
    ...['input.fields.customer=customer', 'input.fields.time=time', 'input.time.unit=ms'],
    ...['input.channels=[{name: value, field: value}]', 'window.step=6h', 'window.steps=28'],
    ...['window.origin=2024-01-01', 'cluster.k=4', 'encoder.updates=20'],
  ];
  await runFromConfig(loadConfig({ flags: flags.map(toAssignment) }), {
    signal: new AbortController().signal,
    progress: () => undefined,
    log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
    clock: { now: () => 0 },
  });
  const lines = readFileSync(join(folder, 'out/assignments.ndjson'), 'utf8').trimEnd().split('\n');
  const assignments = lines.map((line): AssignmentRecord => JSON.parse(line));
  const inWeek = (week: number): ReadonlyMap<string, string | null> =>
    new Map(
      assignments.flatMap(({ customerId, windowStart, segmentId }) =>
        windowStart === START + week * WEEK ? [[customerId, segmentId] as const] : [],
      ),
    );
  const [before, after] = [inWeek(SILENT - 1), inWeek(9)];
  expect(after.size).toBe(300);
  const kept = [...after].filter(([customer, segment]) => before.get(customer) === segment);
  expect(kept.length).toBeGreaterThanOrEqual(285);
  expect(new Set(after.values()).size).toBe(4);
});

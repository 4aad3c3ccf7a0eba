import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { runFromConfig } from '../../../src/service/run/run.js';
import { usageLines, writeLines } from '../../command/usage-file.js';
import { halvesLayers, writeTfjs } from '../../support/tfjs-models.js';

const folder = mkdtempSync(join(tmpdir(), 'segtide-run-tfjs-'));
const at = (name: string): string => join(folder, name);
let model: string;
beforeAll(async () => {
  await writeLines(at('usage.ndjson'), usageLines(260, 18));
  model = await writeTfjs(halvesLayers(7));
});
afterAll(() => {
  for (const each of [folder, dirname(model)]) rmSync(each, { recursive: true });
});

describe('a run with an encoder of TensorFlow.js', () => {
  it('scores windows by it, in a thread, with models of a process of their own', async () => {
    await run('threads', 'run.encodeThreads=1', 'model.firstFit=256');
    const scored = assignmentsOf('threads').filter(({ status }) => status === 'assigned');
    expect(scored.length).toBeGreaterThan(256);
    expect(scored.every(({ distance }) => Number.isFinite(distance))).toBe(true);
    expect(scored.every(({ reconstructionError }) => reconstructionError === null)).toBe(true);
  });

  it('is refused before the first event where the layer is not there', async () => {
    await expect(run('refused', 'encoder.layer=flatt')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('it has no layer flatt; did you mean flat?'),
    });
    expect(
      existsSync(at('refused/assignments.ndjson')) && readFileSync(at('refused/assignments.ndjson'), 'utf8'),
    ).toBeFalsy();
  });
});

async function run(name: string, ...settings: string[]): Promise<unknown> {
  const flags = [
    ...[`input.paths=${at('usage.ndjson')}`, `output.path=${at(name)}`, 'input.time.unit=ms'],
    ...['input.channels=[{name: value, field: value}]', 'window.step=day', 'window.steps=7', 'cluster.k=3'],
    ...['encoder.kind=tfjs', `encoder.file=${model}`, 'model.gate.minGain=0'],
    ...settings,
  ];
  let now = 0;
  return runFromConfig(loadConfig({ flags: flags.map(toAssignment) }), {
    signal: new AbortController().signal,
    progress: () => undefined,
    log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
    clock: { now: () => ++now },
  });
}

function assignmentsOf(name: string): readonly AssignmentRecord[] {
  const lines = readFileSync(at(`${name}/assignments.ndjson`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as AssignmentRecord);
}

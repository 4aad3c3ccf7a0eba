import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/service/config/schema.js';
import { createLog } from '../../../src/service/log.js';
import { scoreSample } from '../../../src/service/report/score-sample.js';
import type { RunSummary } from '../../../src/service/run-summary.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { smallJob } from '../../support/small-models.js';

let folder: string;
let modelVersion: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-score-'));
  const { artifact } = await runTrainingJob(smallJob());
  modelVersion = decodeArtifact(artifact).modelVersion;
  await mkdir(join(folder, 'models'));
  await writeFile(join(folder, 'models', `${modelVersion}.safetensors`), artifact);
  await writeFile(join(folder, 'foreign.mjs'), 'throw new Error("it was run");');
  await writeFile(join(folder, 'usage.ndjson'), '{"customerId":"a","timestamp":1,"value":1}\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Scores a run of these settings as somebody without plug-ins. */
function score(settings: object) {
  const config = { ...configSchema.parse({ input: { paths: [join(folder, 'usage.ndjson')] } }), ...settings };
  const run = { config, modelVersion } as unknown as RunSummary;
  return scoreSample(folder, run, [], {
    clock: { now: () => 0 },
    log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

describe('windows for a report', () => {
  it('are not made by a module that the folder of the run names', async () => {
    const plugins = [{ name: 'mine', module: join(folder, 'foreign.mjs') }];
    const { encoder } = configSchema.parse({ plugins, encoder: { kind: 'plugin', plugin: 'mine' } });
    expect(await score({ plugins, encoder })).toEqual({
      why: expect.stringContaining('must name one of the plug-ins'),
    });
  });

  it('are told to be none where they are, also of runs from before there were plug-ins', async () => {
    expect(await score({ plugins: undefined })).toEqual({
      why: expect.stringContaining('none of 1 event was accepted'),
    });
  });
});

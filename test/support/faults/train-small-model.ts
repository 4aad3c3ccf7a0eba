import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { pipelineConfig } from '../kafka/pipeline-config.js';
import type { UsageRecord } from '../kafka/simulated-usage.js';

/** A model of the windows of a stream, as `segtide train` makes it. @param main the compiled command */
export async function trainSmallModel(main: string, records: readonly UsageRecord[]): Promise<ModelRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-model-'));
  try {
    const events = join(folder, 'events.ndjson');
    const config = join(folder, 'config.yaml');
    const output = join(folder, 'model.safetensors');
    await writeFile(events, Buffer.concat(records.flatMap(({ value }) => [value, Buffer.from('\n')])));
    await writeFile(config, pipelineConfig({ paths: [events] }, { path: join(folder, 'out') }));
    execFileSync(process.execPath, [main, 'train', '--config', config, '--output', output, '--quiet']);
    const artifact = await readFile(output);
    const { modelVersion } = decodeArtifact(artifact);
    return { kind: 'model', modelVersion, artifact, previousVersion: null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

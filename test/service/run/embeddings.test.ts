import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingRecord } from '../../../src/publish/embedding-record.js';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { runFromConfig } from '../../../src/service/run/run.js';
import type { RunSummary } from '../../../src/service/run-summary.js';
import { usageLines, writeLines } from '../../command/usage-file.js';
import { expectSame } from '../../support/expect-same.js';

const folder = mkdtempSync(join(tmpdir(), 'segtide-embeddings-'));
const at = (name: string): string => join(folder, name);
beforeAll(() => writeLines(at('usage.ndjson'), usageLines(260, 18)));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run that writes embeddings', () => {
  it('has the same in NDJSON and Parquet, one for each scored window', async () => {
    const lines = await run('ndjson-none', 'format=ndjson', 'none');
    const embeddings = embeddingsOf('ndjson-none');
    const scored = linesOf<EmbeddingRecord & { status: string }>(at('ndjson-none/assignments.ndjson')).filter(
      ({ status }) => status !== 'warming',
    );
    expect(embeddings.map(keyOf)).toEqual(scored.map(keyOf));
    expect(lines.outputs.find(({ output }) => output === 'embeddings')).toEqual({
      output: 'embeddings',
      path: at('ndjson-none/embeddings.ndjson'),
      records: scored.length,
    });

    const parts = await run('parquet-none', 'format=parquet', 'none');
    expectSame(await partsOf(at('parquet-none/embeddings')), embeddings.map(withFloats));
    expect(parts.outputs.find(({ output }) => output === 'embeddings')).toMatchObject({
      path: at('parquet-none/embeddings'),
      records: scored.length,
    });
    expect(readdirSync(at('parquet-none'))).not.toContain('embeddings.ndjson');
    expectMapped(embeddings, 'none');
  });

  it.each(['previous', 'first'])('maps them onto %s', async (to) => {
    await run(`ndjson-${to}`, 'format=ndjson', to);
    expectMapped(embeddingsOf(`ndjson-${to}`), to);
  });

  it('goes on only with a run that wrote them, too', async () => {
    await run('plain', 'enabled=false', 'none', 'model.firstFit=100000');
    expect(readdirSync(at('plain'))).not.toContain('embeddings.ndjson');
    await expect(
      run('plain', 'format=ndjson', 'none', 'model.firstFit=100000', 'run.resume=true'),
    ).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('other settings'),
    });
  });

  it('takes them back where it began with wrong settings', async () => {
    await expect(run('wrong', 'format=parquet', 'none', 'input.time.unit=s')).rejects.toMatchObject({ code: 'config' });
    await run('wrong', 'format=parquet', 'none');
    expect(readdirSync(at('wrong/embeddings')).length).toBeGreaterThan(1);
  });
});

describe('the settings of embeddings', () => {
  it.each([
    ['output.kind=stdout', /'output.embeddings.enabled' must be false for `output.kind: stdout`/],
    ['output.embeddings.format=parket', /did you mean/],
    ['model.align.to=last', /'model.align.to'/],
  ])('are refused where %s', (flag, text) => {
    const flags = ['output.embeddings.enabled=true', flag];
    expect(() => loadConfig({ flags: flags.map(toAssignment) })).toThrow(text);
  });

  it('have no Parquet in topics', () => {
    const flags = ['output.kind=kafka', 'output.kafka.brokers=[b:1]', 'output.embeddings.format=parquet'];
    expect(() => loadConfig({ flags: flags.map(toAssignment) })).toThrow(/ndjson unless `output.kind` is directory/);
  });

  it('can come from the environment', () => {
    const env = { SEGTIDE_OUTPUT__EMBEDDINGS__FORMAT: 'parquet', SEGTIDE_MODEL__ALIGN__TO: 'first' };
    const { output, model } = loadConfig({ env });
    expect(output.embeddings).toEqual({ enabled: false, format: 'parquet', partWindows: 20_000 });
    expect(model.align).toEqual({ to: 'first', scale: false });
  });
});

async function run(name: string, embeddings: string, to: string, ...settings: string[]): Promise<RunSummary> {
  const flags = [
    `input.paths=${at('usage.ndjson')}`,
    `output.path=${at(name)}`,
    'input.time.unit=ms',
    'input.channels=[{name: value, field: value}]',
    ...['window.step=day', 'window.steps=7', 'cluster.k=3'],
    ...['encoder.updates=10', 'encoder.hidden=6', 'encoder.latent=3', 'encoder.engine=js', 'encoder.views=[]'],
    ...['model.firstFit=256', 'model.retrain.everyWindows=256', 'model.retrain.minInterval=1d'],
    ...['model.gate.maxChurn=1', 'model.gate.maxSizeShift=1', 'model.gate.maxSilhouetteFall=2', 'model.gate.minGain=0'],
    ...['output.embeddings.enabled=true', 'output.embeddings.partWindows=300', `model.align.to=${to}`],
    `output.embeddings.${embeddings}`,
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

function expectMapped(embeddings: readonly EmbeddingRecord[], to: string): void {
  // A space begins with the first model that was trained; the provisional one lies in none.
  const versions = [...new Set(embeddings.map(({ modelVersion }) => modelVersion))];
  expect(versions.length).toBeGreaterThanOrEqual(3);
  expect(versions.shift()).toMatch(/^v0-/);
  for (const { modelVersion, vector, alignedVector, alignedTo, alignmentResidual } of embeddings) {
    const before = versions[versions.indexOf(modelVersion) - 1];
    const space = { none: undefined, previous: before, first: before && versions[0] }[to];
    expect(alignedTo).toBe(space ?? null);
    if (space === undefined) {
      expect([alignedVector, alignmentResidual]).toEqual([null, null]);
    } else {
      expect(alignedVector).toHaveLength(vector!.length);
      expect(alignmentResidual).toBeGreaterThan(0);
      expect(alignmentResidual).toBeLessThanOrEqual(1);
    }
  }
}

function keyOf({ customerId, windowStart, revision, modelVersion }: EmbeddingRecord): string {
  return [customerId, windowStart, revision, modelVersion].join();
}

function embeddingsOf(name: string): readonly EmbeddingRecord[] {
  return linesOf<EmbeddingRecord>(at(`${name}/embeddings.ndjson`));
}

function linesOf<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

/** The records of all parts, in order. */
async function partsOf(path: string): Promise<EmbeddingRecord[]> {
  const rows: Record<string, unknown>[] = [];
  for (const name of readdirSync(path).sort()) {
    const file = new Uint8Array(readFileSync(join(path, name))).buffer;
    rows.push(...(await parquetReadObjects({ file })));
  }
  return rows.map((row) => ({
    ...(row as unknown as EmbeddingRecord),
    windowStart: (row.windowStart as Date).getTime(),
    windowEnd: (row.windowEnd as Date).getTime(),
    vector: floats(row.vector),
    alignedVector: floats(row.alignedVector),
    alignedTo: (row.alignedTo as string | undefined) ?? null,
    alignmentResidual: (row.alignmentResidual as number | undefined) ?? null,
  }));
}

function withFloats(record: EmbeddingRecord): EmbeddingRecord {
  return { ...record, vector: floats(record.vector), alignedVector: floats(record.alignedVector) };
}

function floats(vector: unknown): number[] | null {
  return vector == null ? null : Array.from(vector as ArrayLike<number>, Math.fround);
}

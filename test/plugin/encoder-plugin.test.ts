import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encoderPluginContract } from '../../src/contract/encoder-contract.js';
import { resolveEncoder } from '../../src/encode/encoder-options.js';
import { createPluginEncoders, openEncoderWith } from '../../src/encode/plugin-encoders.js';
import type { EncoderPlugin } from '../../src/plugin/encoder-plugin.js';
import type { PluginModule } from '../../src/plugin/plugin-module.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact, encodeArtifact } from '../../src/train/encode-artifact.js';
import { openModel } from '../../src/train/loaded-model.js';
import { toOnnx } from '../../src/train/onnx/to-onnx.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { startTraining } from '../../src/train/start-training.js';
import { describeContract } from '../contract/describe-contract.js';
import { SMALL, smallJob } from '../support/small-models.js';
import { pluginOf } from './plugin-of.js';

const TEMPLATE: PluginModule = {
  name: 'own',
  module: new URL('../../config/plugins/encoder.mjs', import.meta.url).href,
  timeLimitMs: 60_000,
};

const { default: template } = (await import(TEMPLATE.module)) as { readonly default: EncoderPlugin };

describeContract('the template of an encoder', encoderPluginContract(template));
describeContract(
  'the template of an encoder, of other windows',
  encoderPluginContract(template, { steps: 7, channels: 3 }),
);

function jobOf(plugin: PluginModule) {
  const encoder = resolveEncoder({ kind: 'plugin', plugin: 'own', plugins: [plugin], engine: 'js' });
  return smallJob({ settings: { ...SMALL.trainer.model, encoder } });
}

/** An encoder whose embedding is the first value of the window, but for what `body` does before. */
function firstValue(body: string, size = 1): string {
  return `export default {
    kind: 'encoder',
    fit: () => ({ embeddingSize: ${size} }),
    open: () => ({ encode(series) { const { length, steps, values } = series; ${body}
      return Float32Array.from({ length }, (_, i) => values[i * steps]); } }),
  };`;
}

const MODEL = { kind: 'plugin', name: 'own', steps: 2, channels: 1, fitted: { embeddingSize: 1 } } as const;

/** Windows of two steps, of which each begins with its number. */
function numbered(length: number): SeriesBatch {
  const values = Float32Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? i / 2 : -1));
  return { length, steps: 2, channels: 1, values, mask: new Uint8Array(2 * length) } as SeriesBatch;
}

async function embed(plugin: PluginModule, length: number, onFailure?: (error: Error) => void): Promise<number[]> {
  const encoders = createPluginEncoders([plugin], { onFailure });
  try {
    const { embeddings } = await encoders.open(MODEL, 'v1', 'js').encode(numbered(length));
    return [...embeddings];
  } finally {
    await encoders.close();
  }
}

describe('a model whose encoder is a plug-in', () => {
  it('is trained in a process of its own to the same bytes, stored, checked and opened again', async () => {
    const training = startTraining(jobOf(TEMPLATE));
    const { artifact, promoted } = await training.result;
    expect(promoted).toBe(true);
    expect((await runTrainingJob(jobOf(TEMPLATE))).artifact).toEqual(artifact);
    const model = decodeArtifact(artifact);
    expect(encodeArtifact(model)).toEqual(artifact);
    checkModel(model);
    expect(model.encoder).toMatchObject({ kind: 'plugin', header: { plugin: 'own', embeddingSize: 4 } });
    expect(model.encoder.tensors.usual!.shape).toEqual([4]);
    // Where its code lies is for the config to say.
    expect(Buffer.from(artifact).toString('latin1')).not.toContain('encoder.mjs');

    const { steps, channels } = model.series;
    const values = Float32Array.from({ length: steps * channels }, (_, i) => i);
    const series = { length: 1, steps, channels, values, mask: new Uint8Array(values.length) } as SeriesBatch;
    const { encoder } = openModel(model, { engine: 'js', plugins: [TEMPLATE] });
    const { embeddings } = await encoder.encode(series);
    const { usual } = model.encoder.tensors;
    const own = template.open({ embeddingSize: 4, tensors: { usual: usual! } }, { steps, channels });
    expect([...embeddings]).toEqual([...((await (await own).encode(series)) as Float32Array)]);
    encoder.dispose?.();
  });

  it('is refused where the config has no module for it, and by ONNX', async () => {
    const model = decodeArtifact((await runTrainingJob(jobOf(TEMPLATE))).artifact);
    const missing = /the plug-in own, and the config names no module for it.*`plugins`/;
    expect(() => openModel(model, { engine: 'js' })).toThrow(missing);
    expect(() => openModel(model, { plugins: [{ ...TEMPLATE, name: 'other' }] })).toThrow(missing);
    expect(() => toOnnx(model)).toThrow(/the plug-in own, whose code is not in the model/);
  });

  it.each([
    ['an embedding size', 'null', /embeddingSize, a whole number from 1 to 4096, from fit\(\); it gave undefined/],
    ['a size that can be stored', '{ embeddingSize: 1e9 }', /it gave 1000000000/],
    [
      'tensors of their shape',
      '{ embeddingSize: 1, tensors: { w: { shape: [3], values: new Float32Array(2) } } }',
      /for each tensor of fit\(\); w is something else/,
    ],
    [
      'finite tensors',
      '{ embeddingSize: 1, tensors: { w: { shape: [1], values: Float32Array.of(NaN) } } }',
      /w is something else/,
    ],
    ['parameters of JSON', '{ embeddingSize: 1, parameters: 10n }', /parameters that JSON can hold/],
  ])('must have learnt %s', async (_, given, text) => {
    const plugin = pluginOf(`export default { kind: 'encoder', fit: () => (${given}), open: () => ({}) };`);
    await expect(runTrainingJob(jobOf(plugin))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringMatching(text),
    });
  });

  it('fails a training in which it can embed nothing, with its words and where it said them', async () => {
    const plugin = pluginOf(firstValue("throw new Error('no such tariff');"));
    await expect(runTrainingJob(jobOf(plugin))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringMatching(/the plug-in own threw in encode\(\): no such tariff \(at .*own\.mjs:\d+:\d+\)/),
    });
  });
});

describe('an encoder of a plug-in', () => {
  it('gives every window its embedding, in order', async () => {
    expect(await embed(pluginOf(firstValue('')), 700)).toEqual(Array.from({ length: 700 }, (_, i) => i));
  });

  it.each([
    ['throws', "throw new Error('odd');"],
    ['gives too few numbers', 'return new Float32Array(length - 1);'],
    ['gives too many', 'return new Float32Array(length + 1);'],
    ['gives a list', 'return [...values];'],
    ['gives nothing', 'return undefined;'],
    ['gives what threads can not send', 'return () => 1;'],
    ['gives NaN', 'return Float32Array.from({ length }, () => NaN);'],
  ])('costs no other window its embedding where it %s', async (_, body) => {
    const plugin = pluginOf(
      firstValue(`const marked = [3, 257];
      if (length === 1 ? marked.includes(values[0]) : values.some((value) => marked.includes(value))) { ${body} }`),
    );
    const told: string[] = [];
    const embeddings = await embed(plugin, 300, ({ message }) => told.push(message));
    const isOwn = !body.includes('NaN');
    expect(embeddings.flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual(
      isOwn ? [3, 257] : Array.from({ length: 300 }, (_, i) => i),
    );
    expect(told.length).toBe(isOwn ? 2 : 0);
  });

  it.each([
    ['hangs forever', 'for (;;);', /^the plug-in own did not come back from encode\(\) within 3 s, and was ended$/],
    ['hangs on a promise', 'return new Promise(() => {});', /did not come back from encode\(\) within 3 s/],
    ['exits', 'process.exit(0);', /^the plug-in own ended its thread; it must not exit the process$/],
    [
      'fails beside its calls',
      'setTimeout(() => { throw new Error("later"); }); return new Promise(() => {});',
      /^the plug-in own failed beside its calls: later$/,
    ],
  ])('begins anew where it %s, and costs no other window its embedding', async (_, body, text) => {
    const plugin = pluginOf(firstValue(`if (values.includes(7)) { ${body} }`), { timeLimitMs: 3000 });
    const told: string[] = [];
    const embeddings = await embed(plugin, 300, ({ message }) => told.push(message));
    expect(embeddings).toEqual(Array.from({ length: 300 }, (_, i) => (i === 7 ? Number.NaN : i)));
    expect(told).toEqual([expect.stringMatching(text)]);
  });

  it('is ended where four calls in a row end its thread, and not where others come between', async () => {
    const exits = (where: string) => pluginOf(firstValue(`if (values.some((value) => ${where})) process.exit(0);`));
    await expect(embed(exits('value >= 0'), 300, () => undefined)).rejects.toMatchObject({
      code: 'encoder',
      message: 'the plug-in own ended its thread; it must not exit the process',
    });
    const told: string[] = [];
    const embeddings = await embed(exits('value >= 0 && value % 100 < 2'), 300, ({ message }) => told.push(message));
    const lost = Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 100 < 2);
    expect(embeddings.flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual(lost);
    expect(told).toHaveLength(lost.length);
  });

  it('blames no window for a thread that ended before it was asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'segtide-plugin-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // The second of all that are opened ends its thread.
    const opensOddly = `import { appendFileSync, readFileSync } from 'node:fs';
      const log = ${JSON.stringify(join(folder, 'log'))};
      const open = () => { appendFileSync(log, '.'); if (readFileSync(log).length === 2) process.exit(0); };
      ${firstValue('if (values.includes(7)) process.exit(0);').replace('open: () => ({', 'open: () => (open(), {')}`;
    const embeddings = await embed(pluginOf(opensOddly), 20, () => undefined);
    expect(embeddings).toEqual(Array.from({ length: 20 }, (_, i) => (i === 7 ? Number.NaN : i)));
  });

  it('takes nothing more where what it learnt can not be opened again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'segtide-plugin-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const opensOnce = `import { existsSync, writeFileSync } from 'node:fs';
      const mark = ${JSON.stringify(join(folder, 'mark'))};
      const open = () => { if (existsSync(mark)) throw new Error('taken'); writeFileSync(mark, ''); };
      ${firstValue('process.exit(0);').replace('open: () => ({', 'open: () => (open(), {')}`;
    await expect(embed(pluginOf(opensOnce), 2, () => undefined)).rejects.toThrow(
      /^the plug-in own threw in open\(\): taken/,
    );
  });

  it.each([
    ['there is no such file', undefined, /own can't be used: .*(Cannot find|ENOENT)/],
    ['it is no JavaScript', 'export default {', /own can't be used: /],
    ['it exports nothing', 'export const encoder = 1;', /its default export must be a plug-in.*it is not there/],
    [
      'it is of another kind',
      "export default { kind: 'sink', open() {} };",
      /must be of kind 'encoder'; it is of "sink"/,
    ],
    ['a method lacks', "export default { kind: 'encoder', open() {} };", /it has no fit\(\)/],
    ['it throws when it is loaded', "throw new Error('no licence');", /own can't be used: no licence/],
  ])('says why it can not be used where %s', async (_, source, text) => {
    const plugin = source === undefined ? { ...TEMPLATE, module: 'file:///nowhere/own.mjs' } : pluginOf(source);
    await expect(embed(plugin, 2)).rejects.toThrow(text);
  });

  it('shares one thread among the encoders of a version, and starts another after the last', async () => {
    const plugin = pluginOf(
      `let opened = 0; ${firstValue('')
        .replace('open: () => ({', 'open: () => (opened++, {')
        .replace('values[i * steps]', 'opened')}`,
    );
    const open = openEncoderWith([plugin]);
    const [a, b] = [open(MODEL, 'v1', 'js'), open(MODEL, 'v1', 'js')];
    expect([...(await a.encode(numbered(1))).embeddings]).toEqual([2]);
    a.dispose?.();
    expect([...(await b.encode(numbered(1))).embeddings]).toEqual([2]);
    const other = open(MODEL, 'v2', 'js');
    expect([...(await other.encode(numbered(1))).embeddings]).toEqual([1]);
    other.dispose?.();
    b.dispose?.();
    await expect
      .poll(async () => {
        const c = open(MODEL, 'v1', 'js');
        const { embeddings } = await c.encode(numbered(1));
        c.dispose?.();
        return embeddings[0];
      })
      .toBe(1);
  });
});

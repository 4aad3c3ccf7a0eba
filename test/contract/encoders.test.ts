import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encoderContract } from '../../src/contract/encoder-contract.js';
import { sinkContract } from '../../src/contract/sink-contract.js';
import { ENCODER_KINDS, type EncoderKind } from '../../src/encode/encoder-kind.js';
import { type EncoderOptions, resolveEncoder } from '../../src/encode/encoder-options.js';
import { openEncoder } from '../../src/encode/open-encoder.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { openModel } from '../../src/train/loaded-model.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { createListSink } from '../../src/transport/memory/list-sink.js';
import { halvesOnnx } from '../support/onnx-files.js';
import { SMALL, smallJob } from '../support/small-models.js';
import { halvesLayers, writeTfjs } from '../support/tfjs-models.js';
import { describeContract } from './describe-contract.js';

const { model } = SMALL.trainer;
const scratch = mkdtempSync(join(tmpdir(), 'segtide-encoders-'));
const tfjsFile = await writeTfjs(halvesLayers(model.series.steps));
afterAll(() => {
  for (const folder of [scratch, dirname(tfjsFile)]) rmSync(folder, { recursive: true, force: true });
});

/** What kinds need beside their name, or are faster with. */
function optionsOf(kind: EncoderKind): EncoderOptions {
  if (kind === 'dae') return { dae: { layers: [16], latent: 4, updates: 60 } };
  if (kind === 'cnn') return { cnn: { filters: [4, 8], kernel: 3, latent: 4, updates: 60 } };
  if (kind === 'transformer') {
    return { transformer: { width: 8, heads: 2, depth: 1, latent: 4, updates: 30 } };
  }
  if (kind === 'tfjs') return { file: tfjsFile };
  if (kind !== 'onnx') return {};
  const file = join(scratch, 'halves.onnx');
  writeFileSync(file, halvesOnnx(model.series.steps));
  return { file };
}

const TRAINED = ENCODER_KINDS.filter((kind) => kind !== 'precomputed' && kind !== 'plugin');

for (const kind of TRAINED) {
  const encoder = kind === 'vrae' ? model.encoder : resolveEncoder({ kind, engine: 'js', ...optionsOf(kind) });
  const trained = runTrainingJob(smallJob({ settings: { ...model, encoder } }));
  // Told by the tests.
  trained.catch(() => undefined);
  const { steps, channels } = model.series;
  describeContract(
    `the encoder ${kind}`,
    encoderContract({
      steps,
      channels,
      open: async () => {
        const opened = openModel(decodeArtifact((await trained).artifact), { engine: 'js' }).encoder;
        const { embeddingSize } = opened;
        return { embeddingSize, encode: async (series) => (await opened.encode(series as SeriesBatch)).embeddings };
      },
    }),
  );
}

describeContract(
  'the encoder precomputed',
  encoderContract({
    ...{ steps: 1, channels: 8 },
    open: () => {
      const opened = openEncoder({ kind: 'precomputed', size: 8 }, 'v1', 'js');
      return { embeddingSize: 8, encode: async (series) => (await opened.encode(series as SeriesBatch)).embeddings };
    },
  }),
);

describe('the contract of encoders', () => {
  const sums = ({ length, steps, values }: { length: number; steps: number; values: Float32Array }): Float32Array =>
    Float32Array.from({ length }, (_, i) => values[i * steps]! + values[(i + 1) * steps - 1]!);
  let calls = 0;

  it.each<[string, (series: Parameters<typeof sums>[0]) => Float32Array, readonly string[]]>([
    ['gives one too few', (series) => sums(series).subarray(1), ['gives as many']],
    [
      'gives NaN of what is all zero',
      (series) => sums(series).map((sum) => (sum === 0 ? Number.NaN : sum)),
      ['gives finite numbers'],
    ],
    [
      'looks at the batch',
      (series) => sums(series).map((sum, _, all) => sum - all[0]!),
      ['gives a window the same embedding by itself'],
    ],
    [
      'is random',
      (series) => sums(series).map(() => calls++),
      ['gives the same embeddings', 'gives a window the same'],
    ],
    [
      'writes into its input',
      (series) => {
        const given = sums(series);
        series.values[0] = 9;
        return given;
      },
      ['leaves what it was given'],
    ],
  ])('finds out one that %s', async (_, encode, broken) => {
    const checks = encoderContract({ steps: 4, channels: 1, open: () => ({ embeddingSize: 1, encode }) });
    const failed: string[] = [];
    for (const { name, run } of checks) await run().catch(() => failed.push(name));
    for (const beginning of broken) expect(failed.some((name) => name.startsWith(beginning))).toBe(true);
    expect(failed.length).toBeLessThan(checks.length);
  });

  it('lets a good one pass', async () => {
    for (const { run } of encoderContract({
      steps: 4,
      channels: 1,
      open: () => ({ embeddingSize: 1, encode: sums }),
    })) {
      await run();
    }
  });
});

describe('the contract of sinks', () => {
  it('finds out one that drops', async () => {
    const of = (
      write: (sink: { write(batch: readonly object[]): Promise<void> }, batch: readonly object[]) => Promise<void>,
    ) =>
      sinkContract({
        make: () => {
          const list = createListSink<object>();
          return { sink: { ...list, write: (batch) => write(list, batch) }, acknowledged: () => list.records };
        },
        record: (i) => ({ i }),
      });
    const failed = async (checks: ReturnType<typeof of>) => {
      const names: string[] = [];
      for (const { name, run } of checks) await run().catch(() => names.push(name));
      return names.map((name) => name.split(' ').slice(0, 2).join(' '));
    };
    expect(await failed(of(async (sink, batch) => sink.write(batch.slice(1))))).toEqual([
      'has acknowledged',
      'keeps the',
      'can be',
    ]);
  });
});

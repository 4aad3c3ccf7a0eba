import assert from 'node:assert/strict';
import { MOST_EMBEDDING_NUMBERS } from '../numeric/most-embedding-numbers.js';
import type { EncoderPlugin, FittedPlugin, PluginSeries, PluginShape } from '../plugin/encoder-plugin.js';
import type { ContractCheck } from './contract-check.js';
import { drawSeries } from './draw-series.js';

/** An encoder that is ready. */
export interface EncoderUnderTest {
  readonly embeddingSize: number;
  /** (length, embeddingSize) */
  encode(series: PluginSeries): Float32Array | Promise<Float32Array>;
  /** Called when a check is done with it. @default there is nothing to free, and another check may have the same */
  close?(): void | Promise<void>;
}

export interface EncoderContractOptions extends PluginShape {
  /** Makes one, or hands on the same each time. */
  readonly open: () => EncoderUnderTest | Promise<EncoderUnderTest>;
}

/**
 * What every encoder must keep.
 *
 * @example
 * for (const { name, run } of encoderContract({ steps: 24, channels: 1, open })) it(name, run);
 */
export function encoderContract({ steps, channels, open }: EncoderContractOptions): readonly ContractCheck[] {
  const shape = { steps, channels };
  const cells = steps * channels;

  async function embed(series: PluginSeries): Promise<Float32Array> {
    const encoder = await open();
    try {
      return await encoder.encode(series);
    } finally {
      await encoder.close?.();
    }
  }

  async function sizeOf(): Promise<number> {
    const encoder = await open();
    await encoder.close?.();
    return encoder.embeddingSize;
  }

  return [
    {
      name: 'gives as many embeddings as there are windows, for any number of them',
      run: async () => {
        const embeddingSize = await sizeOf();
        for (const length of [1, 2, 7, 300]) {
          const embeddings = await embed(drawSeries(length, shape));
          assert.ok(embeddings instanceof Float32Array, 'embeddings are a Float32Array');
          assert.equal(embeddings.length, length * embeddingSize, `numbers of the embeddings of ${length} windows`);
        }
      },
    },
    {
      name: 'gives finite numbers of usual windows, and of windows that are constant or all zero',
      run: async () => {
        const { values } = drawSeries(6, shape);
        values.fill(0, 0, cells).fill(0.5, cells, 2 * cells);
        const embeddings = await embed({ ...drawSeries(6, shape), values });
        assert.deepEqual(
          embeddings.filter((value) => !Number.isFinite(value)).length,
          0,
          'numbers that are not finite',
        );
      },
    },
    {
      name: 'gives a window the same embedding by itself as among others',
      run: async () => {
        const all = drawSeries(5, shape);
        const together = await embed(all);
        const embeddingSize = await sizeOf();
        for (let row = 0; row < all.length; row++) {
          const alone = await embed({
            ...{ ...shape, length: 1 },
            values: all.values.slice(row * cells, (row + 1) * cells),
            mask: all.mask.slice(row * cells, (row + 1) * cells),
          });
          const among = together.slice(row * embeddingSize, (row + 1) * embeddingSize);
          assert.deepEqual([...alone], [...among], `the embedding of window ${row}`);
        }
      },
    },
    {
      name: 'gives the same embeddings each time',
      run: async () => {
        const first = await embed(drawSeries(5, shape));
        assert.deepEqual([...(await embed(drawSeries(5, shape)))], [...first]);
      },
    },
    {
      name: 'leaves what it was given as it was',
      run: async () => {
        const series = drawSeries(5, shape);
        await embed(series);
        assert.deepEqual(series, drawSeries(5, shape));
      },
    },
  ];
}

/**
 * What every encoder plug-in must keep: how it learns, and then what every encoder must.
 *
 * @param shape of the windows to try it on. @default 24 steps of one channel
 * @example
 * for (const { name, run } of encoderPluginContract(plugin)) test(name, run);
 */
export function encoderPluginContract(
  plugin: EncoderPlugin,
  shape: PluginShape = { steps: 24, channels: 1 },
): readonly ContractCheck[] {
  const learn = async (): Promise<FittedPlugin> => plugin.fit(drawSeries(120, shape), { seed: 1 });
  return [
    {
      name: 'learns the same of the same windows and seed',
      run: async () => assert.deepEqual(await learn(), await learn()),
    },
    {
      name: 'gives what a model file can hold',
      run: async () => {
        const { embeddingSize, parameters = null, tensors = {} } = await learn();
        assert.ok(
          Number.isInteger(embeddingSize) && embeddingSize >= 1 && embeddingSize <= MOST_EMBEDDING_NUMBERS,
          'embeddingSize',
        );
        assert.deepEqual(JSON.parse(JSON.stringify(parameters)), parameters, 'parameters are plain JSON');
        for (const [name, { shape: sizes, values }] of Object.entries(tensors)) {
          assert.ok(values instanceof Float32Array || values instanceof Float64Array, `values of ${name}`);
          assert.equal(
            values.length,
            sizes.reduce((product, size) => product * size, 1),
            `values of ${name}`,
          );
          assert.ok(values.every(Number.isFinite), `finite values of ${name}`);
        }
      },
    },
    {
      name: 'leaves the windows that it learns from as they were',
      run: async () => {
        const series = drawSeries(120, shape);
        await plugin.fit(series, { seed: 1 });
        assert.deepEqual(series, drawSeries(120, shape));
      },
    },
    ...encoderContract({
      ...shape,
      open: async () => {
        const fitted = await learn();
        const { embeddingSize } = fitted;
        const opened = await plugin.open(asStored(fitted), shape);
        return {
          embeddingSize,
          encode: (series) => opened.encode(series),
          close: async () => {
            await opened.close?.();
          },
        };
      },
    }),
    {
      name: 'can be open twice, and one goes on when the other is closed',
      run: async () => {
        const fitted = asStored(await learn());
        const [one, other] = [await plugin.open(fitted, shape), await plugin.open(fitted, shape)];
        const before = await other.encode(drawSeries(5, shape));
        await one.close?.();
        assert.deepEqual([...(await other.encode(drawSeries(5, shape)))], [...before]);
        await other.close?.();
      },
    },
  ];
}

/** As another process finds it in the model. */
function asStored({ embeddingSize, parameters = null, tensors = {} }: FittedPlugin): FittedPlugin {
  return { embeddingSize, parameters: JSON.parse(JSON.stringify(parameters)), tensors: structuredClone(tensors) };
}

import assert from 'node:assert/strict';
import type { EncoderPlugin, FittedPlugin, PluginSeries, PluginShape } from '../plugin/encoder-plugin.js';
import type { ContractCheck } from './contract-check.js';

/** An encoder that is ready. */
export interface EncoderUnderTest {
  readonly embeddingSize: number;
  /** (length, embeddingSize) */
  encode(series: PluginSeries): Float32Array | Promise<Float32Array>;
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
    return (await open()).encode(series);
  }

  return [
    {
      name: 'gives as many embeddings as there are windows, for any number of them',
      run: async () => {
        const { embeddingSize } = await open();
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
        const { embeddingSize } = await open();
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
        assert.ok(Number.isInteger(embeddingSize) && embeddingSize >= 1 && embeddingSize <= 4096, 'embeddingSize');
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
        return { embeddingSize, encode: (series) => opened.encode(series) };
      },
    }),
  ];
}

/** As another process finds it in the model. */
function asStored({ embeddingSize, parameters = null, tensors = {} }: FittedPlugin): FittedPlugin {
  return { embeddingSize, parameters: JSON.parse(JSON.stringify(parameters)), tensors: structuredClone(tensors) };
}

/** Windows of waves and noise in [0, 1], the same each time; some cells are missing. */
function drawSeries(length: number, { steps, channels }: PluginShape): PluginSeries {
  const cells = steps * channels;
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: length * cells }, (_, i) => {
    const step = Math.floor((i % cells) / channels);
    const phase = Math.floor(i / cells) % 3;
    return 0.4 + 0.3 * Math.sin((2 * Math.PI * (step + phase * 4)) / 12) + 0.3 * draw();
  });
  const mask = Uint8Array.from(values, (_, i) => (i % 41 === 40 ? 2 : 0));
  return { length, steps, channels, values, mask };
}

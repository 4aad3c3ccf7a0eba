import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A model.json and the bytes of its weights. */
export interface SmallTfjs {
  readonly json: Readonly<Record<string, unknown>>;
  readonly weights: Uint8Array;
}

/** What a small model of layers is to be. */
export interface SmallLayers {
  /** @default null, any number */
  readonly batch?: number | null;
  readonly dtype?: string;
  /** Layers that the model has as outputs. @default ['embedding'] */
  readonly outputs?: readonly string[];
  /** A second input of the same shape, which is added to the means. @default false */
  readonly twoInputs?: boolean;
  /** Weights in eight bits. @default false */
  readonly isQuantized?: boolean;
}

/**
 * Windows (batch, steps, 2) as layers: `means` over the steps, then `embedding`, a dense layer of two numbers, the sum of
 * the means of both channels and their difference.
 */
export function smallLayers(steps: number | null, options: SmallLayers = {}): SmallTfjs {
  const { batch = null, dtype = 'float32', outputs = ['embedding'], twoInputs = false, isQuantized = false } = options;
  const input = { batch_input_shape: [batch, steps, 2], dtype, sparse: false };
  const inputs = twoInputs ? ['windows', 'others'] : ['windows'];
  const layers = [
    ...inputs.map((name) => layer('InputLayer', name, input)),
    ...(twoInputs ? [layer('Add', 'both', {}, ...inputs)] : []),
    layer('GlobalAveragePooling1D', 'means', {}, twoInputs ? 'both' : 'windows'),
    layer('Dense', 'embedding', { units: 2, activation: 'linear', use_bias: false }, 'means'),
  ];
  const kernel = { name: 'embedding/kernel', shape: [2, 2], dtype: 'float32' };
  const quantization = { dtype: 'uint8', scale: 2, min: -1, original_dtype: 'float32' };
  return {
    json: layersJson({ layers, inputs, outputs }, isQuantized ? { ...kernel, quantization } : kernel),
    weights: isQuantized ? Uint8Array.of(1, 1, 1, 0) : bytesOf(Float32Array.of(1, 1, 1, -1)),
  };
}

/** Tells the first half of windows of one channel from the second: sums of both. */
export function halvesLayers(steps: number): SmallTfjs {
  const layers = [
    layer('InputLayer', 'windows', { batch_input_shape: [null, steps, 1], dtype: 'float32', sparse: false }),
    layer('Flatten', 'flat', {}, 'windows'),
    layer('Dense', 'embedding', { units: 2, activation: 'linear', use_bias: false }, 'flat'),
  ];
  const kernel = Float32Array.from({ length: steps * 2 }, (_, at) => (at % 2 === Number(at < steps) ? 0 : 1));
  const model = { layers, inputs: ['windows'], outputs: ['embedding'] };
  return {
    json: layersJson(model, { name: 'embedding/kernel', shape: [steps, 2], dtype: 'float32' }),
    weights: bytesOf(kernel),
  };
}

function layer(class_name: string, name: string, config: object, ...from: readonly string[]): object {
  const inbound = from.length === 0 ? [] : [from.map((each) => [each, 0, 0, {}])];
  return { class_name, name, config: { name, trainable: true, ...config }, inbound_nodes: inbound };
}

interface LayersModel {
  readonly layers: readonly object[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function layersJson({ layers, inputs, outputs }: LayersModel, weight: object): SmallTfjs['json'] {
  const port = (name: string): unknown[] => [name, 0, 0];
  const config = { name: 'small', layers, input_layers: inputs.map(port), output_layers: outputs.map(port) };
  return {
    format: 'layers-model',
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: { class_name: 'Model', config } },
    weightsManifest: manifest([weight]),
  };
}

/**
 * Windows (batch, steps, 2) as a graph: `means` over the steps, of them `logarithms`, and, `centred`, what they are
 * beside those of the other windows. The signature calls the second `embedding`.
 */
export function smallGraph(steps: number, output = 'logarithms'): SmallTfjs {
  const float = { type: 'DT_FLOAT' };
  const shape = { shape: { dim: [{ size: '-1' }, { size: String(steps) }, { size: '2' }] } };
  const dtype = 'DT_INT32';
  const axis = { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: {} } } };
  const mean = (keeps: boolean): object => ({ T: float, keep_dims: { b: keeps } });
  const node = [
    { name: 'windows', op: 'Placeholder', attr: { dtype: float, shape } },
    { name: 'steps', op: 'Const', attr: axis },
    { name: 'batch', op: 'Const', attr: axis },
    { name: 'means', op: 'Mean', input: ['windows', 'steps'], attr: mean(false) },
    { name: 'logarithms', op: 'Log', input: ['means'], attr: { T: float } },
    { name: 'centre', op: 'Mean', input: ['means', 'batch'], attr: mean(true) },
    { name: 'centred', op: 'Sub', input: ['means', 'centre'], attr: { T: float } },
  ];
  const sizes = shape.shape;
  return {
    json: {
      format: 'graph-model',
      modelTopology: { node, library: {}, versions: { producer: 1 } },
      signature: {
        inputs: { windows: { name: 'windows:0', dtype: 'DT_FLOAT', tensorShape: sizes } },
        outputs: { embedding: { name: `${output}:0`, dtype: 'DT_FLOAT', tensorShape: {} } },
      },
      weightsManifest: manifest([
        { name: 'steps', shape: [], dtype: 'int32' },
        { name: 'batch', shape: [], dtype: 'int32' },
      ]),
    },
    weights: bytesOf(Int32Array.of(1, 0)),
  };
}

const SHARDS = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];

/** @returns path of the model.json, in a folder of its own below the one of temporary files; weights in two files */
export async function writeTfjs({ json, weights }: SmallTfjs): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-tfjs-'));
  // In the middle of a number.
  await writeFile(join(folder, SHARDS[0]!), weights.subarray(0, 3));
  await writeFile(join(folder, SHARDS[1]!), weights.subarray(3));
  const file = join(folder, 'model.json');
  await writeFile(file, JSON.stringify(json));
  return file;
}

function manifest(weights: readonly object[]): readonly object[] {
  return [{ paths: SHARDS, weights }];
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

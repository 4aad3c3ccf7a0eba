import type { FileResult } from '../file-encoder.js';
import type { TfjsGraphModel, TfjsLayersModel, TfjsRuntime, TfjsTensor } from './load-tfjs-runtime.js';
import { openSavedModel } from './open-saved-model.js';
import { type TfjsArtifacts, unpackTfjs } from './pack-tfjs.js';
import { checkOutputs, type TfjsSession, unknownName } from './tfjs-session.js';

/**
 * Opens a model, and of its layers, or a graph's nodes, the one whose output is wanted.
 *
 * @param layer null: the model's own output
 * @throws Error that says what is wrong with the model, or that there is no such layer
 */
export async function openTfjs(file: Uint8Array, layer: string | null, runtime: TfjsRuntime): Promise<TfjsSession> {
  const packed = unpackTfjs(file);
  if (packed.kind === 'saved-model') return openSavedModel(packed.files, layer, runtime);
  const { artifacts } = packed;
  const handler = runtime.io.fromMemory(artifacts);
  // A graph has nodes, layers have a configuration.
  const { node } = artifacts.modelTopology as { readonly node?: readonly GraphNode[] };
  if (node === undefined)
    return openOrDispose(await runtime.loadLayersModel(handler), (model) => openLayers(model, layer, runtime));
  const wanted = layer === null ? null : nodeOf(node, artifacts, layer);
  return openOrDispose(await runtime.loadGraphModel(handler), (model) => openGraph(model, wanted, runtime));
}

/** A model that can't be used as it was asked for leaves no memory taken. */
function openOrDispose<T extends { dispose(): void }>(model: T, open: (model: T) => TfjsSession): TfjsSession {
  try {
    return open(model);
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
}

/** @returns the node of that name, or the one that the signature calls so */
function nodeOf(nodes: readonly GraphNode[], { signature }: TfjsArtifacts, wanted: string): string {
  if (nodes.some(({ name }) => name === wanted)) return wanted;
  const outputs = signature?.outputs ?? {};
  const name = Object.hasOwn(outputs, wanted) ? outputs[wanted]!.name : undefined;
  if (name !== undefined) return name;
  const computed = nodes.filter(({ op }) => op !== 'Const' && op !== 'Placeholder');
  throw unknownName('node', wanted, [...computed.map((node) => node.name), ...Object.keys(outputs)]);
}

function openLayers(model: TfjsLayersModel, layer: string | null, runtime: TfjsRuntime): TfjsSession {
  const names = model.layers.map(({ name }) => name);
  const cut = layer === null ? model : cutAt(model, names, layer, runtime);
  if (layer === null) checkOutputs(cut.outputs.length, names);
  else if (cut.outputs.length > 1)
    throw new Error(`its layer ${layer} gives ${cut.outputs.length} outputs; name another`);
  return {
    inputs: model.inputs,
    run: (values, shape) => run(runtime, values, shape, async (input) => runtime.tidy(() => cut.predict(input))),
    close: async () => model.dispose(),
  };
}

function cutAt(
  model: TfjsLayersModel,
  names: readonly string[],
  name: string,
  { model: toModel }: TfjsRuntime,
): TfjsLayersModel {
  const layer = model.layers.find((candidate) => candidate.name === name);
  if (layer === undefined) throw unknownName('layer', name, names);
  return toModel({ inputs: model.inputs, outputs: layer.output });
}

function openGraph(model: TfjsGraphModel, node: string | null, runtime: TfjsRuntime): TfjsSession {
  const names = model.outputs.map(({ name }) => name);
  if (node === null) checkOutputs(names.length, names);
  const output = node ?? names[0]!;
  let isDynamic = false;
  // What has loops and conditions refuses to be executed at once.
  const compute = async (input: TfjsTensor): Promise<TfjsTensor> => {
    if (isDynamic) return model.executeAsync(input, output);
    try {
      return model.execute(input, output);
    } catch (cause) {
      if (!(cause as Error).message.includes('executeAsync')) throw cause;
      isDynamic = true;
      return model.executeAsync(input, output);
    }
  };
  return {
    inputs: model.inputs,
    run: (values, shape) => run(runtime, values, shape, compute),
    close: async () => model.dispose(),
  };
}

async function run(
  runtime: TfjsRuntime,
  values: Float32Array,
  shape: readonly number[],
  compute: (input: TfjsTensor) => Promise<TfjsTensor>,
): Promise<FileResult> {
  const input = runtime.tensor(values, shape, 'float32');
  try {
    const output = await compute(input);
    const data = await output.data();
    // A node may be what goes in.
    if (output !== input) output.dispose();
    return { data, shape: output.shape };
  } catch (cause) {
    throw explain(cause as Error);
  } finally {
    input.dispose();
  }
}

/** WebAssembly knows fewer operations than the others. */
function explain(cause: Error): Error {
  if (!/not registered for (the )?backend '?wasm/.test(cause.message)) return cause;
  return new Error(`${cause.message}: WebAssembly does not know it; install @tensorflow/tfjs-node, which does`, {
    cause,
  });
}

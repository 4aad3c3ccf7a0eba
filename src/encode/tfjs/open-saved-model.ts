import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  MetaGraph,
  SavedModelPort,
  SavedModelSession,
  SavedModelSignature,
  TfjsPort,
  TfjsRuntime,
} from './load-tfjs-runtime.js';
import type { SavedModelFile } from './pack-tfjs.js';
import { checkOutputs, type TfjsSession, unknownName } from './tfjs-session.js';

/**
 * Opens a SavedModel, and of its signature the output that is wanted: what is between is inside functions, where no
 * runtime reaches.
 *
 * @param output null: the only one
 * @throws Error that says what is wrong with the model, or that there is no such output
 */
export async function openSavedModel(
  files: readonly SavedModelFile[],
  output: string | null,
  runtime: TfjsRuntime,
): Promise<TfjsSession> {
  const { node } = runtime;
  if (node === undefined) {
    throw new Error(
      'it is a SavedModel, which needs @tensorflow/tfjs-node, and that is not installed or lacks its machine code; install it, or convert the model by tensorflowjs_converter --input_format=tf_saved_model',
    );
  }
  // The runtime takes a folder alone, and reads it once.
  const folder = await mkdtemp(join(tmpdir(), 'segtide-saved-model-'));
  try {
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const { tags, name, signature } = chooseSignature(await node.getMetaGraphsFromSavedModel(folder));
    const wanted = chooseOutput(Object.keys(signature.outputs), output);
    return toSession(await node.loadSavedModel(folder, tags, name), signature, wanted, runtime);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Chosen {
  readonly tags: string[];
  readonly name: string;
  readonly signature: SavedModelSignature;
}

/** The signature that Keras and TensorFlow name so, or the only one, of the graph that is to be served. */
function chooseSignature(graphs: readonly MetaGraph[]): Chosen {
  const graph = graphs.find(({ tags }) => tags.includes('serve')) ?? graphs[0];
  const all = Object.entries(graph?.signatureDefs ?? {});
  const [name, signature] = all.find(([each]) => each === 'serving_default') ?? all[0] ?? [];
  if (graph === undefined || name === undefined || signature === undefined) {
    throw new Error('it has no signature that could be called; save it with one (in Keras: model.export)');
  }
  return { tags: graph.tags, name, signature };
}

function chooseOutput(names: readonly string[], wanted: string | null): string {
  if (wanted === null) checkOutputs(names.length, names);
  const found = wanted ?? names[0]!;
  if (names.includes(found)) return found;
  throw unknownName('output', found, names);
}

function toSession(
  model: SavedModelSession,
  signature: SavedModelSignature,
  output: string,
  runtime: TfjsRuntime,
): TfjsSession {
  const [input] = Object.keys(signature.inputs);
  return {
    inputs: Object.values(signature.inputs).map(toPort),
    run: async (values, shape) => {
      const fed = runtime.tensor(values, shape, 'float32');
      try {
        const results = model.predict({ [input!]: fed });
        const { [output]: result } = results;
        const data = await result!.data();
        for (const each of Object.values(results)) each.dispose();
        return { data, shape: result!.shape };
      } finally {
        fed.dispose();
      }
    },
    close: async () => model.dispose(),
  };
}

function toPort({ dtype, shape }: SavedModelPort): TfjsPort {
  return { dtype, shape: shape.map((size) => size.getSize()) };
}

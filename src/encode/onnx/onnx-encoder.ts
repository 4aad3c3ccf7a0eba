import { setImmediate } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import { throwIfAborted } from '../../numeric/abortable.js';
import type { Encoder } from '../encoder.js';
import { encoderShapeOf, type OnnxFileModel } from '../encoder-model.js';
import { refuseOtherShape } from '../refuse-other-shape.js';
import type { OnnxRuntime, OnnxSession } from './load-onnx-runtime.js';

/** Windows that a file takes at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/**
 * Makes an encoder of an ONNX file. Numbers of an embedding that are not finite become those that were fitted to stand
 * in for them, so that every window has a place.
 *
 * @throws SegtideError `encoder` when the runtime can't open the file
 */
export async function createOnnxEncoder(model: OnnxFileModel, version: string, runtime: OnnxRuntime): Promise<Encoder> {
  const { steps, channels, embeddingSize } = encoderShapeOf(model);
  const session = await openSession(model, runtime);
  const chunkRows = model.isRowByRow ? 1 : CHUNK_ROWS;
  const cells = steps * channels;
  const encode: Encoder['encode'] = async (series, signal) => {
    const { length } = series;
    const embeddings = new Float32Array(length * embeddingSize);
    for (let from = 0; from < length; from += chunkRows) {
      if (from > 0 && from % CHUNK_ROWS === 0) await setImmediate();
      throwIfAborted(signal, 'The encoding');
      const to = Math.min(length, from + chunkRows);
      const values = series.values.subarray(from * cells, to * cells);
      embeddings.set(await run(model, session, runtime, values), from * embeddingSize);
    }
    fillIn(embeddings, model.fill);
    return { series, length, embeddingSize, embeddings, latents: undefined, reconstructionErrors: undefined };
  };
  // A session runs once at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    version,
    steps,
    channels,
    embeddingSize,
    encode: async (series, signal) => {
      refuseOtherShape({ steps, channels }, series);
      const encoded = last.then(() => encode(series, signal));
      last = encoded.catch(() => undefined);
      return encoded;
    },
    dispose: () => {
      last.then(() => session.release()).catch(() => undefined);
    },
  };
}

async function openSession({ file }: OnnxFileModel, { InferenceSession }: OnnxRuntime): Promise<OnnxSession> {
  try {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 };
    return await InferenceSession.create(file, options);
  } catch (cause) {
    throw failed("can't be opened", cause);
  }
}

/** @returns (rows, size) */
async function run(
  { input, output, layout, steps, channels, size }: OnnxFileModel,
  session: OnnxSession,
  { Tensor }: OnnxRuntime,
  values: Float32Array,
): Promise<Float32Array> {
  const rows = values.length / (steps * channels);
  const fed =
    layout === 'btc'
      ? new Tensor('float32', values.slice(), [rows, steps, channels])
      : new Tensor('float32', channelsFirst(values, steps, channels), [rows, channels, steps]);
  const results = await session.run({ [input]: fed }, [output]).catch((cause: unknown) => {
    throw failed("can't be run", cause);
  });
  const { data, dims } = results[output]!;
  if (data instanceof Float32Array && data.length === rows * size) return data;
  throw failed(`gave (${dims.join(', ')}) for ${rows} windows, where its shape says ${size} numbers each`);
}

/** (batch, steps, channels) to (batch, channels, steps). */
function channelsFirst(values: Float32Array, steps: number, channels: number): Float32Array {
  const turned = new Float32Array(values.length);
  const cells = steps * channels;
  for (let at = 0; at < values.length; at++) {
    const row = Math.floor(at / cells);
    const step = Math.floor((at % cells) / channels);
    turned[row * cells + (at % channels) * steps + step] = values[at]!;
  }
  return turned;
}

function fillIn(embeddings: Float32Array, fill: Float32Array): void {
  for (let at = 0; at < embeddings.length; at++) {
    if (!Number.isFinite(embeddings[at])) embeddings[at] = fill[at % fill.length]!;
  }
}

function failed(what: string, cause?: unknown): SegtideError {
  const why = cause === undefined ? '' : `: ${(cause as Error).message}`;
  return new SegtideError(
    'encoder',
    `The encoder's ONNX file ${what}${why}. Export it anew, with a dynamic batch axis.`,
    {
      cause,
    },
  );
}

import { setImmediate } from 'node:timers/promises';
import { SegtideError } from '../errors.js';
import { throwIfAborted } from '../numeric/abortable.js';
import type { Encoder } from './encoder.js';
import { encoderShapeOf, type OnnxFileModel, type TfjsFileModel } from './encoder-model.js';
import { refuseOtherShape } from './refuse-other-shape.js';

/** A model of a file, opened by a runtime. */
export interface FileSession {
  /**
   * @param values windows in the file's layout, of `shape`; the session may keep them
   * @throws Error whatever the runtime throws where it can't be run
   */
  run(values: Float32Array, shape: readonly [number, number, number]): Promise<FileResult>;
  close(): Promise<void>;
}

export interface FileResult {
  readonly data: unknown;
  readonly shape: readonly number[];
}

/** Windows that a file takes at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/**
 * Makes an encoder of a file that a runtime has opened. Numbers of an embedding that are not finite become those that
 * were fitted to stand in for them, so that every window has a place.
 */
export function createFileEncoder(
  model: OnnxFileModel | TfjsFileModel,
  version: string,
  session: FileSession,
): Encoder & Required<Pick<Encoder, 'dispose'>> {
  const { steps, channels, embeddingSize } = encoderShapeOf(model);
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
      embeddings.set(await run(model, session, values), from * embeddingSize);
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
      last.then(() => session.close()).catch(() => undefined);
    },
  };
}

/** @returns (rows, size) */
async function run(
  { layout, steps, channels, size }: OnnxFileModel | TfjsFileModel,
  session: FileSession,
  values: Float32Array,
): Promise<Float32Array> {
  const rows = values.length / (steps * channels);
  const running =
    layout === 'btc'
      ? session.run(values.slice(), [rows, steps, channels])
      : session.run(channelsFirst(values, steps, channels), [rows, channels, steps]);
  const { data, shape } = await running.catch((cause: unknown) => {
    throw fileFailed("can't be run", cause);
  });
  if (data instanceof Float32Array && data.length === rows * size) return data;
  throw fileFailed(`gave (${shape.join(', ')}) for ${rows} windows, where its shape says ${size} numbers each`);
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

export function fileFailed(what: string, cause?: unknown): SegtideError {
  const why = cause === undefined ? '' : `: ${(cause as Error).message}`;
  return new SegtideError('encoder', `The encoder's file ${what}${why}. Export it anew, with a dynamic batch axis.`, {
    cause,
  });
}

import { SegtideError } from '../errors.js';
import { askInParts } from '../plugin/ask-in-parts.js';
import type { PluginSeries } from '../plugin/encoder-plugin.js';
import type { RunningPlugin } from '../plugin/open-plugin.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { Encoder } from './encoder.js';
import { encoderShapeOf, type PluginModel } from './encoder-model.js';
import { refuseOtherShape } from './refuse-other-shape.js';

/** Windows that are handed to a plug-in at once. */
const CHUNK_ROWS = 256;

/**
 * Makes an encoder of a plug-in and what it learnt. A window on which it throws or hangs, or of which it gives else than
 * an embedding, has an embedding of NaN, as one has of which it says so itself: no other window is the worse for it.
 *
 * @param running which the encoder then owns a part of
 * @param onFailure told of each window that is lost so. @default `encode` throws where all windows of a batch are
 * @param release called once, when the encoder is freed
 */
export function createPluginEncoder(
  model: PluginModel,
  version: string,
  running: RunningPlugin,
  onFailure?: ((error: SegtideError) => void) | undefined,
  release?: () => void,
): Encoder {
  const { steps, channels, embeddingSize } = encoderShapeOf(model);
  const cells = steps * channels;
  const opened = running.open([model.fitted, { steps, channels }]).catch((cause: SegtideError) => {
    throw new SegtideError('encoder', `model ${version} can't be opened: ${cause.message}`, { cause });
  });
  // Told to whoever encodes, or asks for it.
  opened.catch(() => undefined);

  async function encodeRows(series: PluginSeries): Promise<Float32Array> {
    const given = await running.call('encode', [series], { on: await opened });
    return checkEmbeddings(given, series.length, embeddingSize, model.name);
  }

  return {
    version,
    steps,
    channels,
    embeddingSize,
    ready: async () => {
      await opened;
    },
    encode: async (series) => {
      refuseOtherShape({ steps, channels }, series);
      // What was opened with what it learnt, or not at all.
      await opened;
      const { length } = series;
      const embeddings = new Float32Array(length * embeddingSize);
      const failed: SegtideError[] = [];
      for (let from = 0; from < length; from += CHUNK_ROWS) {
        const to = Math.min(length, from + CHUNK_ROWS);
        await askInParts(running, from, to, {
          ask: async (first, end) => {
            embeddings.set(await encodeRows(rowsOf(series, first, end)), first * embeddingSize);
          },
          lose: (row, error) => {
            failed.push(error);
            embeddings.fill(Number.NaN, row * embeddingSize, (row + 1) * embeddingSize);
          },
        });
      }
      if (onFailure === undefined && failed.length > 0 && failed.length === length) throw failed[0]!;
      for (const error of failed) onFailure?.(error);
      return { series, length, embeddingSize, embeddings, latents: undefined, reconstructionErrors: undefined };
    },
    dispose: () => {
      opened
        .then((on) => running.call('close', [], { on }))
        .catch(() => undefined)
        .finally(release);
    },
  };

  function rowsOf({ values, mask }: SeriesBatch, from: number, to: number): PluginSeries {
    return {
      ...{ length: to - from, steps, channels },
      // Copies: of a view the whole buffer would go to the thread.
      values: values.slice(from * cells, to * cells),
      mask: mask.slice(from * cells, to * cells),
    };
  }
}

/** What a plug-in is shown of a batch. */
export function toPluginSeries({ length, steps, channels, values, mask }: SeriesBatch): PluginSeries {
  return { length, steps, channels, values, mask };
}

function checkEmbeddings(given: unknown, length: number, size: number, name: string): Float32Array {
  const refuse = (what: string): SegtideError =>
    new SegtideError(
      'encoder',
      `the plug-in ${name} must give a Float32Array of ${length} × ${size} numbers (windows × embeddingSize) from encode(); it gave ${what}`,
    );
  if (!(given instanceof Float32Array)) throw refuse(given === null ? 'null' : `a ${kindOf(given)}`);
  if (given.length !== length * size) throw refuse(`${given.length}`);
  return given;
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? (value as object).constructor.name : typeof value;
}

import { SegtideError } from '../../errors.js';
import { createRandom } from '../../numeric/random.js';
import type { FileLayout, TfjsSettings } from '../encoder-file.js';
import type { TfjsFileModel } from '../encoder-model.js';
import type { TfjsPort, TfjsRuntime } from './load-tfjs-runtime.js';
import { openTfjs } from './open-tfjs.js';
import { readTfjsFile } from './read-tfjs-file.js';
import type { TfjsSession } from './tfjs-session.js';

/** What windows have, as `series` prepares them. */
interface WindowShape {
  readonly steps: number;
  readonly channels: number;
}

/** k-means compares all of them, window by window. */
const MOST_NUMBERS = 4096;

/**
 * Reads a TensorFlow model and tries it on windows that are drawn: of an inner layer's shape the files say nothing, nor
 * whether what it gives for a window depends on the others.
 *
 * @returns the encoder; what stands in for numbers that are not finite is still to be fitted
 * @throws SegtideError `config` that says what does not fit, and what to do.
 */
export async function fitTfjsModel(
  settings: TfjsSettings,
  { steps, channels }: WindowShape,
  runtime: TfjsRuntime,
): Promise<Omit<TfjsFileModel, 'fill'>> {
  const { file, layer = null } = settings;
  const bytes = readTfjsFile(file);
  let session: TfjsSession | undefined;
  try {
    session = await openTfjs(bytes, layer, runtime);
    const input = onlyInput(session.inputs);
    const layout = layoutOf(settings, input, { steps, channels });
    const isRowByRow = takesOne(input);
    const rows = isRowByRow ? 1 : 2;
    const shape = layout === 'btc' ? ([rows, steps, channels] as const) : ([rows, channels, steps] as const);
    const size = await sizeOf(session, shape);
    return { kind: 'tfjs', steps, channels, size, layer, layout, isRowByRow, file: bytes };
  } catch (cause) {
    const text = (cause as Error).message.replace(/\.$/, '');
    throw new SegtideError('config', `encoder.file ${file}: ${text}.`, { cause });
  } finally {
    await session?.close();
  }
}

function onlyInput(inputs: TfjsSession['inputs'] = []): TfjsPort {
  const [input] = inputs;
  if (input === undefined) throw new Error('it does not say what it takes; save it with the shape of its input');
  if (inputs.length > 1) throw new Error(`it needs ${inputs.length} inputs, and windows are one; save it with one`);
  if (input.dtype === 'float32') return input;
  throw new Error(`its input is of ${input.dtype}; save it with an input of float32`);
}

function layoutOf({ layout }: TfjsSettings, { shape }: TfjsPort, { steps, channels }: WindowShape): FileLayout {
  const of: Readonly<Record<FileLayout, readonly number[]>> = { btc: [steps, channels], bct: [channels, steps] };
  const fits = (order: FileLayout): boolean =>
    shape?.length === 3 && of[order].every((size, at) => isOpen(shape[at + 1]) || shape[at + 1] === size);
  const found = (layout === undefined ? (['btc', 'bct'] as const) : [layout]).find(fits);
  if (found !== undefined) return found;
  const as = layout === undefined ? '' : ` in layout ${layout}`;
  throw new Error(
    `its input takes ${inWords(shape)}, and windows have ${steps} steps and ${channels} channels${as}; save it for (batch, ${steps}, ${channels}), or change window.steps or the channels`,
  );
}

/** @returns false of any number of windows */
function takesOne({ shape }: TfjsPort): boolean {
  const batch = shape![0];
  if (isOpen(batch) || batch === 1) return batch === 1;
  throw new Error(`it takes ${batch} windows at once; save it with an open batch axis, or for one window`);
}

/** Numbers of an embedding. */
async function sizeOf(session: TfjsSession, shape: readonly [number, number, number]): Promise<number> {
  const [rows, ...cells] = shape;
  const random = createRandom(1);
  const windows = Float32Array.from({ length: rows * cells[0]! * cells[1]! }, () => random.normal());
  const first = await session.run(windows.slice(), shape);
  const [batch, ...sizes] = first.shape;
  if (!(first.data instanceof Float32Array) || batch !== rows || sizes.length === 0) {
    throw new Error(
      `it gives ${inWords(first.shape)} for ${rows} windows, not a vector of float32 each; name another layer by encoder.layer`,
    );
  }
  const size = sizes.reduce((product, each) => product * each, 1);
  if (size < 1 || size > MOST_NUMBERS) {
    throw new Error(`it gives ${size} numbers a window; 1 to ${MOST_NUMBERS} can be clustered`);
  }
  // The first window once more, beside another one.
  for (let at = windows.length / rows; at < windows.length; at++) windows[at] = random.normal();
  const again = await session.run(windows, shape);
  if (isSame(first.data.subarray(0, size), (again.data as Float32Array).subarray(0, size))) return size;
  throw new Error(
    'what it gives for a window changes with the other windows of its batch, or by chance; name a layer before that by encoder.layer, or save it as it is to be used, without training',
  );
}

/** Of what is the same but for its rounding. */
const TOLERANCE = 1e-4;

function isSame(a: Float32Array, b: Float32Array): boolean {
  const largest = a.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  return a.every((value, at) => Object.is(value, b[at]) || Math.abs(value - b[at]!) <= TOLERANCE * largest);
}

function isOpen(size: number | null | undefined): boolean {
  return size === null || size === undefined || size < 0;
}

function inWords(shape: TfjsPort['shape']): string {
  return shape === undefined
    ? 'windows of a shape that is unknown'
    : `(${shape.map((size) => (isOpen(size) ? '?' : size)).join(', ')})`;
}

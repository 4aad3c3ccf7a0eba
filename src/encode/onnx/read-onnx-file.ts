import { readFileSync, statSync } from 'node:fs';
import { SegtideError } from '../../errors.js';
import { MOST_EMBEDDING_NUMBERS } from '../../numeric/most-embedding-numbers.js';
import type { FileLayout, OnnxSettings } from '../encoder-file.js';
import type { OnnxFileModel } from '../encoder-model.js';
import { FLOAT32, type OnnxPorts, type Port, readOnnxPorts } from './onnx-ports.js';

/** What windows have, as `series` prepares them. */
interface WindowShape {
  readonly steps: number;
  readonly channels: number;
}

/** An encoder as its file tells it; what stands in for numbers that are not finite is still to be fitted. */
export type ReadOnnxFile = Omit<OnnxFileModel, 'fill'>;

/** It travels to every worker with each model. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads an ONNX file, and checks that it takes windows of that shape and gives one vector each.
 *
 * @param mostBytes size of a file that is not refused
 * @throws SegtideError `config` that says what of the file does not fit, and what to do.
 */
export function readOnnxFile(settings: OnnxSettings, shape: WindowShape, mostBytes = MOST_BYTES): ReadOnnxFile {
  const { file } = settings;
  const bytes = readBytes(file, mostBytes);
  const ports = readPorts(file, bytes);
  const input = choose(ports.inputs, settings.inputName, { file, what: 'input', key: 'encoder.inputName' });
  const output = choose(ports.outputs, settings.outputName, { file, what: 'output', key: 'encoder.outputName' });
  for (const [what, port] of Object.entries({ input, output })) {
    if (port.type === FLOAT32) continue;
    throw refuse(file, `its ${what} ${port.name} is not of float32; export it with numbers of float32`);
  }
  return {
    kind: 'onnx',
    steps: shape.steps,
    channels: shape.channels,
    size: sizeOf(file, output),
    input: input.name,
    output: output.name,
    layout: layoutOf(settings, input, shape),
    isRowByRow: isRowByRow(file, input, output),
    file: bytes,
  };
}

function readBytes(file: string, mostBytes: number): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > mostBytes) {
      throw refuse(
        file,
        `it has ${mebibytes(size)}, and goes with each model to all workers, so that ${mebibytes(mostBytes)} is the most; take a smaller model, or one in fewer bits`,
      );
    }
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    if (cause instanceof SegtideError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw refuse(file, code === 'ENOENT' ? 'there is no such file; set encoder.file' : message, cause);
  }
}

function readPorts(file: string, bytes: Uint8Array): OnnxPorts {
  let ports: OnnxPorts;
  try {
    ports = readOnnxPorts(bytes);
  } catch (cause) {
    throw refuse(file, `it is no ONNX file: ${(cause as Error).message}`, cause);
  }
  if (ports.isSplit) {
    throw refuse(
      file,
      'its weights lie in another file; export it as one file, with its weights (in PyTorch: external_data=False)',
    );
  }
  return ports;
}

interface Choice {
  readonly file: string;
  readonly what: string;
  readonly key: string;
}

function choose(ports: readonly Port[], name: string | undefined, { file, what, key }: Choice): Port {
  const all = ports.map((port) => `${port.name} ${inWords(port)}`).join(', ') || 'none';
  // What takes a second input can't be run with one.
  if (what === 'input' && ports.length > 1) {
    throw refuse(file, `it needs ${ports.length} inputs, and windows are one; export it with one input: ${all}`);
  }
  if (name === undefined) {
    if (ports.length === 1) return ports[0]!;
    throw refuse(file, `it has ${ports.length} ${what}s; name one by ${key}: ${all}`);
  }
  const named = ports.find((port) => port.name === name);
  if (named === undefined) throw refuse(file, `it has no ${what} ${name}; set ${key} to one of: ${all}`);
  return named;
}

function layoutOf({ file, layout }: OnnxSettings, input: Port, { steps, channels }: WindowShape): FileLayout {
  const { shape } = input;
  const of: Readonly<Record<FileLayout, readonly number[]>> = { btc: [steps, channels], bct: [channels, steps] };
  const fits = (order: FileLayout): boolean =>
    shape?.length === 3 && of[order].every((size, at) => isOpen(shape[at + 1]!) || shape[at + 1] === size);
  const fitting = (['btc', 'bct'] as const).filter(fits);
  const wanted = `windows have ${steps} steps and ${channels} channels`;
  if (fitting.length === 0) {
    throw refuse(
      file,
      `its input ${input.name} takes ${inWords(input)}, and ${wanted}; export it for (batch, ${steps}, ${channels}) or (batch, ${channels}, ${steps}), or change window.steps or the channels`,
    );
  }
  if (layout !== undefined && !fitting.includes(layout)) {
    throw refuse(file, `its input ${input.name} takes ${inWords(input)}, not layout ${layout}, where ${wanted}`);
  }
  if (layout !== undefined) return layout;
  if (fitting.length === 1 || (steps === 1 && channels === 1)) return fitting[0]!;
  throw refuse(
    file,
    `its input ${input.name} takes ${inWords(input)}, which does not tell steps from channels; set encoder.layout to btc (batch, steps, channels) or bct (batch, channels, steps)`,
  );
}

/** Numbers of an embedding. */
function sizeOf(file: string, output: Port): number {
  const [, ...sizes] = output.shape ?? [];
  const open = sizes.filter(isOpen);
  if (output.shape === undefined || sizes.length === 0 || open.length > 0) {
    throw refuse(
      file,
      `its output ${output.name} is of shape ${inWords(output)}, and an embedding has the same number of elements for every window; average over other axes than the batch, or export it with fixed sizes`,
    );
  }
  const size = (sizes as number[]).reduce((product, each) => product * each, 1);
  if (size >= 1 && size <= MOST_EMBEDDING_NUMBERS) return size;
  throw refuse(
    file,
    `its output ${output.name} has ${size} numbers a window; 1 to ${MOST_EMBEDDING_NUMBERS} can be clustered`,
  );
}

/** A batch of one is what exporters write unless told otherwise. */
function isRowByRow(file: string, input: Port, output: Port): boolean {
  const [batch, given] = [input.shape![0]!, output.shape![0]!];
  const other = [batch, given].find((size) => !isOpen(size) && size !== 1);
  if (other === undefined) return batch === 1 || given === 1;
  throw refuse(file, `it takes ${other} windows at once; export it with a dynamic batch axis, or for one window`);
}

function isOpen(size: number | string): boolean {
  return typeof size === 'string';
}

function inWords({ shape }: Port): string {
  return shape === undefined ? '(shape unknown)' : `(${shape.map((size) => (size === '' ? '?' : size)).join(', ')})`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function refuse(file: string, text: string, cause?: unknown): SegtideError {
  return new SegtideError('config', `encoder.file ${file}: ${text}.`, { cause });
}

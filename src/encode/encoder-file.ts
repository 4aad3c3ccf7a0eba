import { SegtideError } from '../errors.js';

/** Order of the axes that a file takes: (batch, steps, channels) or (batch, channels, steps). */
export type FileLayout = (typeof FILE_LAYOUTS)[number];

export const FILE_LAYOUTS = ['btc', 'bct'] as const;

/** What a user may set of an encoder that is a file. */
export interface EncoderFileOptions {
  /** Path of the ONNX file of kind `onnx`; of kind `tfjs`, of a model.json or the folder of a SavedModel. Both need it. */
  readonly file?: string | undefined;
  /** Which input of an ONNX file takes windows. @default the only one */
  readonly inputName?: string | undefined;
  /** Which output of an ONNX file is the embedding. @default the only one */
  readonly outputName?: string | undefined;
  /** Which layer of a TensorFlow model, of a graph which node, of a SavedModel which output gives the embedding. @default the model's only output */
  readonly layer?: string | undefined;
  /**
   * `btc`: the file takes (batch, steps, channels); `bct`: (batch, channels, steps).
   * @default told by the file's shape; where both fit, an ONNX file needs it, and a TensorFlow model takes `btc`
   */
  readonly layout?: FileLayout | undefined;
}

export interface OnnxSettings extends Omit<EncoderFileOptions, 'layer'> {
  readonly file: string;
}

export interface TfjsSettings extends Omit<EncoderFileOptions, 'inputName' | 'outputName'> {
  readonly file: string;
}

export interface EncoderFileSettings {
  readonly onnx?: OnnxSettings;
  readonly tfjs?: TfjsSettings;
}

/**
 * @returns nothing of a kind that is no file
 * @throws SegtideError `config` when options are missing, out of range, or of another kind.
 */
export function resolveEncoderFile(kind: string, options: EncoderFileOptions): EncoderFileSettings {
  const { file, inputName, outputName, layer, layout } = options;
  const texts = { file, inputName, outputName, layer };
  refuseIdle(kind, { ...texts, layout });
  if (!isFileKind(kind)) return {};
  for (const [name, value] of Object.entries(texts)) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw refuse(`\`${name}\` must be text that is not empty; got ${JSON.stringify(value)}`);
    }
  }
  if (file === undefined) throw refuse(`\`kind: ${kind}\` needs \`file\`, the path of ${FILES[kind]}`);
  if (layout !== undefined && !FILE_LAYOUTS.includes(layout)) {
    throw refuse(`\`layout\` must be ${FILE_LAYOUTS.join(' or ')}; got ${layout}`);
  }
  return kind === 'onnx' ? { onnx: { file, inputName, outputName, layout } } : { tfjs: { file, layer, layout } };
}

/** Kinds whose encoder is a file, with what it is. */
const FILES = { onnx: 'an ONNX file', tfjs: "a TensorFlow.js model's model.json or a SavedModel's folder" } as const;

const isFileKind = (kind: string): kind is keyof typeof FILES => Object.hasOwn(FILES, kind);

/** Of which kinds an option is. */
const KINDS: Readonly<Record<keyof EncoderFileOptions, readonly string[]>> = {
  file: ['onnx', 'tfjs'],
  inputName: ['onnx'],
  outputName: ['onnx'],
  layer: ['tfjs'],
  layout: ['onnx', 'tfjs'],
};

function refuseIdle(kind: string, options: EncoderFileOptions): void {
  for (const [name, kinds] of Object.entries(KINDS)) {
    if (options[name as keyof EncoderFileOptions] === undefined || kinds.includes(kind)) continue;
    throw refuse(`\`${name}\` is for kind ${kinds.join(' or ')}, not ${kind}; leave it out`);
  }
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', `encoder: ${text}`);
}

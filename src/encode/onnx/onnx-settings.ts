import { SegtideError } from '../../errors.js';

/** Order of the axes that an ONNX file takes: (batch, steps, channels) or (batch, channels, steps). */
export type OnnxLayout = (typeof ONNX_LAYOUTS)[number];

export const ONNX_LAYOUTS = ['btc', 'bct'] as const;

/** What a user may set of an encoder that is an ONNX file. */
export interface OnnxOptions {
  /** Path of the ONNX file, of kind `onnx`, which needs it. */
  readonly file?: string | undefined;
  /** Which input of the file takes windows. @default the only one */
  readonly inputName?: string | undefined;
  /** Which output of the file is the embedding. @default the only one */
  readonly outputName?: string | undefined;
  /** `btc`: the file takes (batch, steps, channels); `bct`: (batch, channels, steps). @default told by the file's shape */
  readonly layout?: OnnxLayout | undefined;
}

export interface OnnxSettings extends OnnxOptions {
  readonly file: string;
}

/**
 * @returns undefined of another kind
 * @throws SegtideError `config` when options are missing, out of range, or of another kind.
 */
export function resolveOnnx(kind: string, options: OnnxOptions): OnnxSettings | undefined {
  const { file, inputName, outputName, layout } = options;
  if (kind !== 'onnx') {
    const idle = Object.entries({ file, inputName, outputName, layout }).filter(([, value]) => value !== undefined);
    if (idle.length === 0) return undefined;
    throw refuse(`${idle.map(([name]) => `\`${name}\``).join(', ')} is for kind onnx, not ${kind}; leave it out`);
  }
  for (const [name, value] of Object.entries({ file, inputName, outputName })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw refuse(`\`${name}\` must be text that is not empty; got ${JSON.stringify(value)}`);
    }
  }
  if (file === undefined) throw refuse('`kind: onnx` needs `file`, the path of an ONNX file');
  if (layout !== undefined && !ONNX_LAYOUTS.includes(layout)) {
    throw refuse(`\`layout\` must be ${ONNX_LAYOUTS.join(' or ')}; got ${layout}`);
  }
  return { file, inputName, outputName, layout };
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', `encoder: ${text}`);
}

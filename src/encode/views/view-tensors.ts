import { SegtideError } from '../../errors.js';
import type { Tensor, Tensors } from '../../numeric/safetensors.js';
import type { DtwMedoids } from './dtw-medoids.js';
import type { FittedView, FittedViews } from './fitted-views.js';
import { isKernelView } from './kernel-input.js';
import type { RandomKernels } from './random-kernels.js';
import { SHIFTS, type Shift } from './shift.js';
import { VIEW_KINDS, type ViewKind } from './view-kind.js';
import type { ViewProjection } from './view-projection.js';

/** Fitted views as files keep them: named tensors, and plain JSON that describes them. */
export interface StoredViews {
  readonly header: unknown;
  readonly tensors: Tensors;
}

/**
 * Packs fitted views. Tensors are named `views.<kind>.` and `means`, `bounds`, `projection`, `subsets`, `biases`, `medoids`; all
 * are float32, copied.
 */
export function toViewTensors({ views, scale, ...fitted }: FittedViews): StoredViews {
  const tensors: Record<string, Tensor> = {};
  const headers = views.map(({ kind, size, degenerate, projection, kernels, medoids }): ViewHeader => {
    const put = (name: string, shape: readonly number[], values: ArrayLike<number>): void => {
      tensors[`views.${kind}.${name}`] = { shape, values: Float32Array.from(values) };
    };
    if (projection !== undefined) {
      const { features, bounds, means } = projection;
      put('means', [features], means);
      put('projection', [size, features], projection.projection);
      if (bounds !== undefined) put('bounds', [2, features], bounds);
    }
    if (kernels !== undefined) {
      const { dilations, channels, subsets, biases } = kernels;
      put('subsets', [dilations.length, subsets.length / (dilations.length * channels), channels], subsets);
      put('biases', [biases.length], biases);
    }
    if (medoids !== undefined) put('medoids', [medoids.count, fitted.steps, fitted.channels], medoids.values);
    return {
      kind,
      size,
      degenerate: degenerate ?? null,
      dilations: [...(kernels?.dilations ?? [])],
      biasCounts: [...(kernels?.biasCounts ?? [])],
      ...(medoids && { band: medoids.band }),
    };
  });
  return { header: { ...fitted, scale: scale ?? null, views: headers }, tensors };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromViewTensors({ header, tensors }: StoredViews): FittedViews {
  const fields = read(header, 'header');
  const steps = readSize(fields, 'steps', 1);
  const channels = readSize(fields, 'channels', 1);
  const levels = read(fields.levels, 'levels');
  const views: FittedView[] = [];
  let size = 0;
  if (!Array.isArray(fields.views)) throw damaged('its header lists no views');
  for (const entry of fields.views) {
    const view = readView(read(entry, 'view'), { steps, channels }, tensors);
    views.push({ ...view, offset: size });
    size += view.size;
  }
  if (size !== fields.size) throw damaged(`its views have ${size} numbers, not ${fields.size}`);
  return {
    steps,
    channels,
    latents: readSize(fields, 'latents', 0),
    scale: fields.scale === null ? undefined : readScale(read(fields.scale, 'scale'), channels),
    shift: readShift(fields),
    levels: {
      sizes: readNumbers(levels, 'sizes', channels, isPositive),
      spreads: readNumbers(levels, 'spreads', channels, isPositive),
    },
    size,
    views,
  };
}

interface ViewHeader {
  readonly kind: ViewKind;
  readonly size: number;
  readonly degenerate: string | null;
  /** Of random kernels; empty where there are none. */
  readonly dilations: readonly number[];
  readonly biasCounts: readonly number[];
  /** Of dynamic time warping. */
  readonly band?: number;
}

type Fields = Readonly<Record<string, unknown>>;

function readView(
  fields: Fields,
  shape: Pick<FittedViews, 'steps' | 'channels'>,
  tensors: Tensors,
): Omit<FittedView, 'offset'> {
  const kind = fields.kind as ViewKind;
  if (!VIEW_KINDS.includes(kind)) throw damaged(`it knows no view ${String(kind)}`);
  const size = readSize(fields, 'size', 0);
  const { degenerate } = fields;
  if (typeof degenerate === 'string' && size === 0) {
    return { kind, size, degenerate, projection: undefined, kernels: undefined, medoids: undefined };
  }
  if (degenerate !== null || size === 0) throw damaged(`its view ${kind} has no numbers, and does not say why`);
  const take = (name: string): Float32Array | undefined => {
    const tensor = tensors[`views.${kind}.${name}`];
    return tensor && Float32Array.from(tensor.values);
  };
  const projection = readProjection(kind, size, take);
  const kernels = readKernels(kind, fields, shape, take);
  return { kind, size, degenerate: undefined, projection, kernels, medoids: readMedoids(kind, fields, shape, take) };
}

function readProjection(
  kind: ViewKind,
  size: number,
  take: (name: string) => Float32Array | undefined,
): ViewProjection {
  const means = take('means') ?? new Float32Array(0);
  const projection = take('projection') ?? new Float32Array(0);
  const bounds = take('bounds');
  const features = means.length;
  const isWhole = features > 0 && projection.length === size * features;
  if (isWhole && (bounds === undefined || bounds.length === 2 * features)) {
    return { features, size, bounds, means, projection };
  }
  throw damaged(`its view ${kind} of ${size} numbers has ${features} means and a projection of ${projection.length}`);
}

function readKernels(
  kind: ViewKind,
  fields: Fields,
  shape: Pick<FittedViews, 'steps' | 'channels'>,
  take: (name: string) => Float32Array | undefined,
): RandomKernels | undefined {
  if (!isKernelView(kind)) return undefined;
  const subsets = take('subsets');
  const biases = take('biases');
  if (subsets === undefined || biases === undefined) throw damaged(`its view ${kind} has no kernels`);
  return {
    ...shape,
    dilations: Int32Array.from(readNumbers(fields, 'dilations', undefined, isPositive)),
    biasCounts: Int32Array.from(readNumbers(fields, 'biasCounts', undefined, isPositive)),
    subsets: Uint8Array.from(subsets),
    biases,
  };
}

function readMedoids(
  kind: ViewKind,
  fields: Fields,
  { steps, channels }: Pick<FittedViews, 'steps' | 'channels'>,
  take: (name: string) => Float32Array | undefined,
): DtwMedoids | undefined {
  if (kind !== 'dtw-distances') return undefined;
  const values = take('medoids') ?? new Float32Array(0);
  const count = values.length / (steps * channels);
  if (count > 0 && Number.isInteger(count)) return { band: readSize(fields, 'band', 0), count, values };
  throw damaged(`its view ${kind} has medoids of ${values.length} numbers`);
}

function readShift({ shift = 'aligned' }: Fields): Shift {
  if (SHIFTS.includes(shift as Shift)) return shift as Shift;
  throw damaged(`shift is ${String(shift)}`);
}

function readScale(fields: Fields, channels: number): FittedViews['scale'] {
  const centers = readNumbers(fields, 'centers', channels, Number.isFinite);
  const scales = readNumbers(fields, 'scales', channels, isPositive);
  if (typeof fields.log !== 'boolean') throw damaged(`scale.log is ${String(fields.log)}`);
  return { centers, scales, log: fields.log };
}

function read(json: unknown, name: string): Fields {
  if (typeof json === 'object' && json !== null) return json as Fields;
  throw damaged(`its ${name} is ${String(json)}`);
}

function readSize(fields: Fields, name: string, least: number): number {
  const value = fields[name];
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw damaged(`${name} is ${String(value)}`);
}

function readNumbers(
  fields: Fields,
  name: string,
  length: number | undefined,
  isValid: (value: number) => boolean,
): readonly number[] {
  const values = fields[name];
  const isWhole = Array.isArray(values) && values.every((value) => typeof value === 'number' && isValid(value));
  if (isWhole && values.length === (length ?? values.length)) return values as number[];
  throw damaged(`${name} is ${JSON.stringify(values)}`);
}

function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}

function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored views can't be read: ${what}. Use an undamaged copy or train anew.`);
}

import type { VraeShape } from './vrae-shape.js';
import { damaged } from './vrae-weights.js';

/**
 * Reads a shape from plain JSON.
 *
 * @throws SegtideError `state` when a field is missing, unknown or out of range.
 */
export function readVraeShape(json: unknown): VraeShape {
  const fields = (json ?? {}) as Readonly<Record<string, unknown>>;
  const size = (name: keyof VraeShape, least = 1): number => {
    const value = fields[name];
    if (!Number.isInteger(value) || (value as number) < least) throw damaged(`shape.${name} is ${String(value)}`);
    return value as number;
  };
  const oneOf = <T>(name: keyof VraeShape, ...known: readonly T[]): T => {
    const value = fields[name];
    if (!known.includes(value as T)) throw damaged(`shape.${name} is ${String(value)}`);
    return value as T;
  };
  return {
    steps: size('steps'),
    channels: size('channels'),
    views: size('views', 0),
    hidden: size('hidden'),
    latent: size('latent'),
    cell: oneOf('cell', 'lstm', 'gru'),
    depth: size('depth'),
    bidirectional: oneOf('bidirectional', false, true),
    decoder: oneOf('decoder', 'zero-input', 'autoregressive'),
    output: oneOf('output', 'linear', 'softplus'),
    initialState: oneOf('initialState', 'tanh', 'linear'),
  };
}

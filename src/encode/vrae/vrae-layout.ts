import { layerWeightCount } from './recurrent-engine.js';
import type { VraeShape } from './vrae-shape.js';

/** Where one tensor lies among a network's parameters. */
export interface TensorPlace {
  readonly name: string;
  /** Rows and columns, or the length of a vector. */
  readonly shape: readonly number[];
  readonly start: number;
  readonly length: number;
}

/** All parameters of a network as one array, part after part. */
export interface VraeLayout {
  readonly tensors: readonly TensorPlace[];
  /** Number of parameters. */
  readonly count: number;
  readonly encoder: readonly EncoderLevel[];
  readonly posterior: LinearPlace;
  readonly initial: LinearPlace;
  readonly decoder: readonly LayerPlace[];
  readonly output: LinearPlace;
}

/** A recurrent layer: its weights just as an engine's layer takes them. */
export interface LayerPlace {
  readonly start: number;
  readonly length: number;
  readonly inputs: number;
}

export interface EncoderLevel {
  readonly forward: LayerPlace;
  /** The layer that reads backwards, where there is one. */
  readonly reverse: LayerPlace | undefined;
}

/** A linear layer: weights, (outputs, inputs), then biases, (outputs). */
export interface LinearPlace {
  readonly start: number;
  readonly length: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Lays a network's parameters out: encoder, posterior, the decoder's initial states, decoder, output. */
export function toLayout(shape: VraeShape): VraeLayout {
  const { channels, views, hidden, latent, cell, depth, bidirectional } = shape;
  const tensors: TensorPlace[] = [];
  let count = 0;
  const place = (name: string, ...size: number[]): number => {
    const length = size.reduce((a, b) => a * b);
    tensors.push({ name, shape: size, start: count, length });
    count += length;
    return count - length;
  };
  const layer = (name: string, inputs: number): LayerPlace => {
    const start = place(`${name}.weights`, (cell === 'lstm' ? 4 : 3) * hidden, hidden + inputs + 1);
    if (cell === 'gru') place(`${name}.recurrent-bias`, hidden);
    return { start, length: layerWeightCount({ cell, hidden, inputs }), inputs };
  };
  const linear = (name: string, inputs: number, outputs: number): LinearPlace => {
    const start = place(`${name}.weights`, outputs, inputs);
    place(`${name}.bias`, outputs);
    return { start, length: outputs * (inputs + 1), inputs, outputs };
  };

  const directions = bidirectional ? 2 : 1;
  const levels = Array.from({ length: depth }, (_, level) => level);
  const encoder = levels.map((level) => {
    const inputs = level === 0 ? channels : directions * hidden;
    return {
      forward: layer(`encoder.${level}`, inputs),
      reverse: bidirectional ? layer(`encoder.${level}.reverse`, inputs) : undefined,
    };
  });
  const posterior = linear('posterior', directions * hidden + views, 2 * latent);
  const initial = linear('initial', latent, depth * hidden);
  const fed = shape.decoder === 'autoregressive' ? channels : 0;
  const decoder = levels.map((level) => layer(`decoder.${level}`, level === 0 ? fed : hidden));
  const output = linear('output', hidden, channels);
  return { tensors, count, encoder, posterior, initial, decoder, output };
}

import type { LinearLayer } from '../vrae/linear-layer.js';
import type { FloatArray, FloatBuffer } from '../vrae/recurrent-engine.js';

/** One half of an autoencoder: from windows to latents, or from latents to windows. */
export interface Coder {
  /** Written by the caller before `forward`. */
  readonly inputs: FloatBuffer; // (rows, inputs)
  /** The sums that come out. Their bias is added by whoever reads them, over and over along a row. */
  readonly last: CoderSums;
  load(parameters: FloatArray): void;
  /** @param dropoutSeed of the update; undefined drops nothing */
  forward(rows: number, dropoutSeed: number | undefined): void;
  /** Goes back from the gradients of the last sums, after a `forward` of as many rows that dropped. */
  backward(rows: number): void;
  /** Written by `backward`, where they are asked for. */
  readonly inputGradients: FloatBuffer; // (rows, inputs)
  /** Writes gradients to their places among all. */
  collect(gradient: FloatArray): void;
}

/** `sumGradients` take the place of the sums. */
export type CoderSums = Pick<LinearLayer, 'bias' | 'sums' | 'sumGradients'>;

export interface CoderOptions {
  /** Most rows of a call. */
  readonly rows: number;
  readonly training: boolean;
  /** Share of the numbers of each layer that is dropped. */
  readonly dropout: number;
}

import type { Cell } from './recurrent-engine.js';
import type { VraeSettings } from './vrae-options.js';

/** What fixes a network's tensors and what it computes of them: everything but the numbers themselves. */
export interface VraeShape {
  /** Steps of a series. */
  readonly steps: number;
  readonly channels: number;
  /** Numbers that describe a whole series in another way, and go to the posterior beside what the encoder read. */
  readonly views: number;
  /** Units of each recurrent layer. */
  readonly hidden: number;
  readonly latent: number;
  readonly cell: Cell;
  /** Recurrent layers of the encoder, and of the decoder. */
  readonly depth: number;
  /** Whether the encoder reads a series backwards as well, with layers of their own. */
  readonly bidirectional: boolean;
  readonly decoder: 'zero-input' | 'autoregressive';
  /** What makes a step's values of the last layer's sums. */
  readonly output: 'linear' | 'softplus';
  /** What makes the decoder's initial states of the latents' sums. */
  readonly initialState: 'tanh' | 'linear';
}

/** The shape that settings and series ask for. */
export function toVraeShape(
  { hidden, latent, cell, depth, bidirectional, decoder, output, initialState }: VraeSettings,
  { steps, channels, viewSize = 0 }: { readonly steps: number; readonly channels: number; readonly viewSize?: number },
): VraeShape {
  return {
    steps,
    channels,
    views: viewSize,
    hidden,
    latent,
    cell,
    depth,
    bidirectional,
    decoder,
    output,
    initialState,
  };
}

/** Name of the first field in which two shapes differ; undefined where none does. */
export function differingField(a: VraeShape, b: VraeShape): keyof VraeShape | undefined {
  return (Object.keys(a) as (keyof VraeShape)[]).find((name) => a[name] !== b[name]);
}

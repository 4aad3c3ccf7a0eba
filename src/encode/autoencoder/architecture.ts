import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { AutoencoderOutput, AutoencoderSettings } from './autoencoder-options.js';
import type { Coder, CoderOptions } from './coder.js';
import type { Layout } from './layout.js';

/** What every autoencoder's tensors depend on; each kind has more. Plain JSON. */
export interface AutoencoderShape {
  /** Steps of a series. */
  readonly steps: number;
  readonly channels: number;
  readonly latent: number;
  readonly output: AutoencoderOutput;
}

/** What makes one kind of autoencoder: which layers lie between window and latents, and back. */
export interface Architecture<
  Shape extends AutoencoderShape = AutoencoderShape,
  Settings extends AutoencoderSettings = AutoencoderSettings,
> {
  /** For people. */
  readonly title: string;
  toShape(settings: Settings, shape: AutoencoderShape): Shape;
  /**
   * Reads from plain JSON what the kind adds to a shape that is read.
   *
   * @param refuse makes the error of what can't be used
   * @throws what `refuse` makes
   */
  readShape(json: object, shape: AutoencoderShape, refuse: (what: string) => Error): Shape;
  /** All parameters. */
  layout(shape: Shape): Layout;
  /** From windows to latents, and from latents to windows. */
  createCoders(
    engine: RecurrentEngine,
    shape: Shape,
    options: CoderOptions,
  ): { readonly encoder: Coder; readonly decoder: Coder };
}

/** A size from JSON. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

import type { FloatArray, LayerSpec, RecurrentEngine, RecurrentLayer } from './recurrent-engine.js';
import type { LayerPlace } from './vrae-layout.js';

/** An engine's layer that knows its place among a network's parameters. */
export interface PlacedLayer {
  readonly layer: RecurrentLayer;
  load(parameters: FloatArray): void;
  /** Writes the gradient of the weights to its place among all. */
  collect(gradient: FloatArray): void;
}

export function createPlacedLayer(
  engine: RecurrentEngine,
  spec: Omit<LayerSpec, 'inputs'>,
  { start, length, inputs }: LayerPlace,
): PlacedLayer {
  const layer = engine.createLayer({ ...spec, inputs });
  // A training loads from the same array at every update.
  let last: FloatArray | undefined;
  let view: FloatArray | undefined;
  return {
    layer,
    load: (parameters) => {
      if (view === undefined || parameters !== last) view = parameters.subarray(start, start + length);
      last = parameters;
      layer.load(view);
    },
    collect: (gradient) => gradient.set(layer.weightGradients.values, start),
  };
}

import { createLinearLayer, type LinearLayer, type LinearLayerOptions } from '../vrae/linear-layer.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';
import type { Coder, CoderOptions } from './coder.js';

/** A layer of a stack: numbers of a row, and what makes sums of them. */
export interface StackedLayer {
  /** Numbers that a row has before. */
  readonly inputs: number;
  /** Numbers that a row has after. */
  readonly outputs: number;
  create(engine: RecurrentEngine, options: StackedLayerOptions): LinearLayer;
}

/** The gradients of the sums take the place of the sums. */
export type StackedLayerOptions = Omit<LinearLayerOptions, 'place' | 'inPlace'>;

export interface LayerStackOptions extends CoderOptions {
  readonly layers: readonly StackedLayer[];
  readonly wantsInputGradients: boolean;
  /** Tells places of dropout from those of other stacks; it takes as many as there are layers. */
  readonly site: number;
}

/** A dense layer of a stack. */
export function denseLayer(place: LinearPlace): StackedLayer {
  const { inputs, outputs } = place;
  return {
    inputs,
    outputs,
    create: (engine, options) => createLinearLayer(engine, { ...options, place, inPlace: true }),
  };
}

/** Layers one after the other; what goes from one to the next is rectified, and what leaves the last is not. */
export function createLayerStack(
  engine: RecurrentEngine,
  { layers: specs, rows: most, training, wantsInputGradients, dropout, site }: LayerStackOptions,
): Coder {
  const { operations } = engine;
  const inputs = specs.map((spec) => engine.allocate(most * spec.inputs));
  const gradients = specs.map((spec, i) => {
    const wanted = training && (i > 0 || wantsInputGradients);
    return engine.allocate(wanted ? most * spec.inputs : 0);
  });
  const layers = specs.map((spec, i) =>
    spec.create(engine, {
      rows: most,
      input: inputs[i]!,
      inputGradients: gradients[i]!.length > 0 ? gradients[i] : undefined,
      training,
    }),
  );
  const kept = 1 / (1 - dropout);

  return {
    inputs: inputs[0]!,
    inputGradients: gradients[0]!,
    last: layers.at(-1)!,
    load: (parameters) => {
      for (const layer of layers) layer.load(parameters);
    },
    forward: (rows, dropoutSeed) => {
      for (const [i, layer] of layers.entries()) {
        layer.forward(rows);
        const next = inputs[i + 1];
        if (next === undefined) return;
        const { outputs } = specs[i]!;
        const { sums, bias } = layer;
        const width = bias.length;
        operations.addBias({ sums, bias, rows: (rows * outputs) / width, width, out: next, rectify: true });
        if (dropoutSeed !== undefined) operations.drop(next, rows * outputs, dropout, dropoutSeed, site + i);
      }
    },
    backward: (rows) => {
      for (let i = layers.length - 1; i >= 0; i--) {
        layers[i]!.backward(rows);
        if (i === 0) return;
        const { sumGradients } = layers[i - 1]!;
        // Of what is zero now nothing came through.
        operations.takeBack(inputs[i]!, gradients[i]!, rows * specs[i]!.inputs, kept, sumGradients);
      }
    },
    collect: (gradient) => {
      for (const layer of layers) layer.collect(gradient);
    },
  };
}

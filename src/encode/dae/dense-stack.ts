import { applyDropout } from '../vrae/dropout.js';
import { createLinearLayer, type LinearLayer } from '../vrae/linear-layer.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';

/** Linear layers one after the other; what goes from one to the next is rectified. */
export interface DenseStack {
  /** Written by the caller before `forward`. */
  readonly inputs: FloatBuffer; // (rows, inputs)
  /** The sums of the last layer are not rectified. */
  readonly last: LinearLayer;
  load(parameters: FloatArray): void;
  /** @param dropoutSeed of the update; undefined drops nothing */
  forward(rows: number, dropoutSeed: number | undefined): void;
  /** Goes back from the gradients of the last sums, after a `forward` of as many rows that dropped. */
  backward(rows: number): void;
  /** Written by `backward`, where they are asked for. */
  readonly inputGradients: FloatBuffer; // (rows, inputs)
  collect(gradient: FloatArray): void;
}

export interface DenseStackOptions {
  readonly places: readonly LinearPlace[];
  /** Most rows of a call. */
  readonly rows: number;
  readonly training: boolean;
  readonly wantsInputGradients: boolean;
  /** Share of the rectified numbers of each layer that is dropped. */
  readonly dropout: number;
  /** Tells places of dropout from those of other stacks; it takes as many as there are layers. */
  readonly site: number;
}

export function createDenseStack(
  engine: RecurrentEngine,
  { places, rows: most, training, wantsInputGradients, dropout, site }: DenseStackOptions,
): DenseStack {
  const inputs = places.map((place) => engine.allocate(most * place.inputs));
  const gradients = places.map((place, i) => {
    const wanted = training && (i > 0 || wantsInputGradients);
    return engine.allocate(wanted ? most * place.inputs : 0);
  });
  const layers = places.map((place, i) =>
    createLinearLayer(engine, {
      place,
      rows: most,
      input: inputs[i]!,
      inputGradients: gradients[i]!.length > 0 ? gradients[i] : undefined,
      training,
      inPlace: true,
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
        const width = layer.bias.length;
        rectify(layer, rows, next.values);
        if (dropoutSeed !== undefined) {
          applyDropout(next.values, rows, width, width, dropout, dropoutSeed, site + i);
        }
      }
    },
    backward: (rows) => {
      for (let i = layers.length - 1; i >= 0; i--) {
        layers[i]!.backward(rows);
        if (i === 0) return;
        const { bias, sumGradients } = layers[i - 1]!;
        takeBack(inputs[i]!.values, gradients[i]!.values, rows * bias.length, kept, sumGradients.values);
      }
    },
    collect: (gradient) => {
      for (const layer of layers) layer.collect(gradient);
    },
  };
}

function rectify({ sums, bias }: LinearLayer, rows: number, out: FloatArray): void {
  const given = sums.values;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0; j < bias.length; j++, i++) {
      const sum = given[i]! + bias[j]!;
      out[i] = sum < 0 ? 0 : sum;
    }
  }
}

/** The way back through dropping and rectifying: of what is zero now nothing came through. */
function takeBack(numbers: FloatArray, gradients: FloatArray, count: number, kept: number, out: FloatArray): void {
  for (let i = 0; i < count; i++) out[i] = numbers[i]! > 0 ? kept * gradients[i]! : 0;
}

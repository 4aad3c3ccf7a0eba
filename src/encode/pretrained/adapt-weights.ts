import { toLayout } from '../vrae/vrae-layout.js';
import type { VraeShape } from '../vrae/vrae-shape.js';
import type { VraeWeights } from '../vrae/vrae-weights.js';

/**
 * Makes weights of one shape a beginning for another. Any number of steps will do, since no weight belongs to a step.
 * Several channels are read as their mean and decoded alike, until training tells them apart. Of the latents those stay
 * that move the decoder most.
 *
 * @param from of one channel
 * @returns undefined where the shapes differ in more than steps, channels and a smaller number of latents
 */
export function adaptWeights(from: VraeWeights, to: VraeShape): VraeWeights | undefined {
  const { shape } = from;
  const kept = { steps: to.steps, channels: to.channels, latent: to.latent };
  const sameOtherwise = (Object.keys(shape) as (keyof VraeShape)[]).every(
    (name) => name in kept || shape[name] === to[name],
  );
  if (!sameOtherwise || to.latent > shape.latent || shape.channels !== 1 || shape.depth !== 1) return undefined;
  const given = toTensorMap(from);
  const latents = strongestLatents(given.get('initial.weights')!, shape.latent, to.latent);
  const values = new Float32Array(toLayout(to).count);
  for (const { name, shape: size, start } of toLayout(to).tensors) {
    const source = given.get(name)!;
    const [rows, columns = 1] = size as [number, number?];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) values[start + i * columns + j] = cell(name, source, i, j);
    }
  }
  return { shape: to, values };

  function cell(name: string, { columns, values: source }: Grid, i: number, j: number): number {
    if (name === 'output.weights') return source[j]!;
    if (name === 'output.bias') return source[0]!;
    if (name === 'initial.weights') return source[i * columns + latents[j]!]!;
    if (name.startsWith('posterior')) {
      const row = i < to.latent ? latents[i]! : shape.latent + latents[i - to.latent]!;
      return source[row * columns + j]!;
    }
    if (!name.startsWith('encoder')) return source[i * columns + j]!;
    // Columns of state, then one for each channel, then the bias.
    if (j < shape.hidden) return source[i * columns + j]!;
    if (j < shape.hidden + to.channels) return source[i * columns + shape.hidden]! / to.channels;
    return source[i * columns + shape.hidden + 1]!;
  }
}

interface Grid {
  readonly columns: number;
  readonly values: Float32Array;
}

function toTensorMap({ shape, values }: VraeWeights): Map<string, Grid> {
  return new Map(
    toLayout(shape).tensors.map(({ name, shape: [, columns = 1], start, length }) => [
      name,
      { columns, values: values.subarray(start, start + length) },
    ]),
  );
}

/** Latents by how much they move the decoder's first state, in their own order. */
function strongestLatents({ columns, values }: Grid, latent: number, count: number): number[] {
  const strength = new Float64Array(latent);
  values.forEach((value, at) => {
    strength[at % columns]! += value * value;
  });
  return [...strength.keys()]
    .sort((a, b) => strength[b]! - strength[a]!)
    .slice(0, count)
    .sort((a, b) => a - b);
}

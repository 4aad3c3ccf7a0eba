import { principalComponents } from '../../numeric/principal-components.js';
import type { Random } from '../../numeric/random.js';

/** Coordinates begin between plus and minus this. */
const EXTENT = 10;
/** Deviation of the noise that parts rows which are the same. */
const NOISE = 1e-3;

/**
 * Where a layout begins: the first principal components, so that what is far apart begins far apart, and the same data
 * begin at the same places whatever the seed.
 *
 * @param values (length, inputs)
 * @returns (length, size)
 */
export async function firstPlaces(
  values: Float32Array,
  length: number,
  inputs: number,
  size: number,
  random: Pick<Random, 'normal'>,
): Promise<Float64Array> {
  const centred = centre(values, length, inputs);
  const shares = { leastShare: 0, most: size };
  const places = new Float64Array(length * size);
  let furthest = 0;
  const set = (i: number, c: number, place: number): void => {
    places[i * size + c] = place;
    furthest = Math.max(furthest, Math.abs(place));
  };
  if (length < inputs) {
    // Of few rows, the products of rows have the same components, and decompose in a fraction of the time.
    const { count, vectors, variances } = await principalComponents(gram(centred, length, inputs), length, shares);
    for (let c = 0; c < count; c++) {
      for (let i = 0; i < length; i++) set(i, c, vectors[c * length + i]! * Math.sqrt(variances[c]!));
    }
  } else {
    const { count, vectors } = await principalComponents(scatter(centred, length, inputs), inputs, shares);
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < count; c++) {
        let sum = 0;
        for (let m = 0; m < inputs; m++) sum += centred[i * inputs + m]! * vectors[c * inputs + m]!;
        set(i, c, sum);
      }
    }
  }
  const scale = furthest > 0 ? EXTENT / furthest : 0;
  for (let at = 0; at < places.length; at++) places[at] = places[at]! * scale + NOISE * random.normal();
  return places;
}

function centre(values: Float32Array, length: number, inputs: number): Float64Array {
  const centred = Float64Array.from(values.subarray(0, length * inputs));
  for (let m = 0; m < inputs; m++) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += centred[i * inputs + m]!;
    for (let i = 0; i < length; i++) centred[i * inputs + m]! -= sum / length;
  }
  return centred;
}

/** (inputs, inputs), the products of centred columns. */
function scatter(centred: Float64Array, length: number, inputs: number): Float64Array {
  const products = new Float64Array(inputs * inputs);
  for (let i = 0; i < length; i++) {
    for (let a = 0; a < inputs; a++) {
      const x = centred[i * inputs + a]!;
      for (let b = 0; b <= a; b++) products[a * inputs + b]! += x * centred[i * inputs + b]!;
    }
  }
  for (let a = 0; a < inputs; a++) for (let b = 0; b < a; b++) products[b * inputs + a] = products[a * inputs + b]!;
  return products;
}

/** (length, length), the products of centred rows. */
function gram(centred: Float64Array, length: number, inputs: number): Float64Array {
  const products = new Float64Array(length * length);
  for (let a = 0; a < length; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let m = 0; m < inputs; m++) sum += centred[a * inputs + m]! * centred[b * inputs + m]!;
      products[a * length + b] = sum;
      products[b * length + a] = sum;
    }
  }
  return products;
}

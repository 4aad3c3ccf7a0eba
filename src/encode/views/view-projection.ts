import type { RecurrentEngine } from '../vrae/recurrent-engine.js';

/** A fitted linear map of features onto a view: out = projection · (clipped features - means). Plain data. */
export interface ViewProjection {
  readonly features: number;
  readonly size: number;
  /** Least and largest value of each feature, beyond which it is cut off; undefined where none is. */
  readonly bounds: Float32Array | undefined; // (2, features)
  readonly means: Float32Array; // (features)
  readonly projection: Float32Array; // (size, features)
}

/** Computes a projection, up to `most` rows at once. */
export interface Projector {
  /**
   * @param features (rows, features)
   * @param out (rows, stride): the view is written from column `offset` on
   */
  project(features: Float32Array, rows: number, out: Float32Array, offset: number, stride: number): void;
}

/** Makes a projector with buffers of the engine, which are freed with it. A row's result depends on that row alone. */
export function createProjector(view: ViewProjection, engine: RecurrentEngine, most: number): Projector {
  const { features: count, size, bounds, means, projection } = view;
  const { project } = engine;
  if (project !== undefined) {
    return {
      project: (features, rows, out, offset, stride) =>
        project({ features, rows, bounds, means, projection, size, out, offset, stride }),
    };
  }
  const a = engine.allocate(most * count);
  const b = engine.allocate(size * count);
  const product = engine.allocate(most * size);
  b.values.set(projection);
  return {
    project(features, rows, out, offset, stride) {
      centre(features, rows, means, bounds, a.values);
      engine.multiply({ a, b, out: product, m: rows, n: size, inner: count, transposeB: true });
      const projected = product.values;
      for (let row = 0, from = 0; row < rows; row++) {
        for (let i = 0, to = row * stride + offset; i < size; i++) out[to++] = projected[from++]!;
      }
    },
  };
}

/** Features less their means, once they are cut off. Before the product, so that its sums do not cancel. */
function centre(
  features: Float32Array,
  rows: number,
  means: Float32Array,
  bounds: Float32Array | undefined,
  out: Float32Array | Float64Array,
): void {
  const { length: count } = means;
  for (let row = 0, p = 0; row < rows; row++) {
    if (bounds === undefined) {
      for (let i = 0; i < count; i++, p++) out[p] = features[p]! - means[i]!;
    } else {
      for (let i = 0; i < count; i++, p++) {
        out[p] = Math.min(Math.max(features[p]!, bounds[i]!), bounds[count + i]!) - means[i]!;
      }
    }
  }
}

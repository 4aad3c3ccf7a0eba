import type { Cell, FloatBuffer, RecurrentEngine } from '../../src/encode/vrae/recurrent-engine.js';
import { createRandom } from '../../src/numeric/random.js';

export interface PlainShape {
  readonly steps: number;
  readonly hidden: number;
  readonly latent: number;
}

/** The smallest VRAE over an engine: what PyTorch's script trains, with nothing around it. One channel. */
export interface PlainVrae {
  /** Forward, loss, backward, clipping to a norm of 5, Adam; returns the loss. */
  readonly update: () => number;
  /** To the posterior mean. */
  readonly infer: () => void;
}

export function createPlainVrae(
  engine: RecurrentEngine,
  cell: Cell,
  { steps, hidden, latent }: PlainShape,
  rows: number,
  training: boolean,
): PlainVrae {
  const random = createRandom(1);
  const encoder = engine.createLayer({ cell, steps, inputs: 1, hidden, rows, training, outputs: 'last' });
  const decoder = engine.createLayer({ cell, steps, inputs: 0, hidden, rows, training, outputs: 'all' });
  const count = (inputs: number) =>
    (cell === 'lstm' ? 4 : 3) * hidden * (hidden + inputs + 1) + (cell === 'gru' ? hidden : 0);
  const lengths = {
    encoder: count(1),
    decoder: count(0),
    heads: 2 * latent * hidden,
    headBias: 2 * latent,
    start: hidden * latent,
    startBias: hidden,
    out: hidden,
    outBias: 1,
  };
  const total = Object.values(lengths).reduce((sum, length) => sum + length, 0);
  const parameters = Float32Array.from({ length: total }, () => (random.next() * 2 - 1) / Math.sqrt(hidden));
  const gradients = new Float32Array(total);
  let at = 0;
  const views = Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => {
      const view = { weights: parameters.subarray(at, at + length), gradients: gradients.subarray(at, at + length) };
      at += length;
      return [name, view];
    }),
  ) as Record<keyof typeof lengths, { weights: Float32Array; gradients: Float32Array }>;
  const buffer = (length: number): FloatBuffer => engine.allocate(length);
  const heads = { weights: buffer(lengths.heads), gradients: buffer(lengths.heads) };
  const start = { weights: buffer(lengths.start), gradients: buffer(lengths.start) };
  const out = { weights: buffer(lengths.out), gradients: buffer(lengths.out) };
  const posterior = buffer(rows * 2 * latent);
  const posteriorGradients = buffer(rows * 2 * latent);
  const z = buffer(rows * latent);
  const zGradients = buffer(rows * latent);
  const reconstruction = buffer(steps * rows);
  const first = new Float32Array(total);
  const second = new Float32Array(total);
  const noise = new Float32Array(rows * latent);
  let updates = 0;
  encoder.inputs.values.set(Float32Array.from({ length: steps * rows }, () => random.normal()));
  encoder.load(views.encoder.weights);
  decoder.load(views.decoder.weights);
  heads.weights.values.set(views.heads.weights);

  const infer = (): void => {
    encoder.forward(rows);
    multiplyByRows(encoder.outputs, heads.weights, posterior, rows, 2 * latent, hidden, views.headBias.weights);
  };

  const update = (): number => {
    encoder.load(views.encoder.weights);
    decoder.load(views.decoder.weights);
    heads.weights.values.set(views.heads.weights);
    start.weights.values.set(views.start.weights);
    out.weights.values.set(views.out.weights);
    infer();
    const [p, latents] = [posterior.values, z.values];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < latent; j++) {
        const e = random.normal();
        noise[i * latent + j] = e;
        const at = i * 2 * latent + j;
        latents[i * latent + j] = p[at]! + e * Math.exp(0.5 * p[at + latent]!);
      }
    }
    multiplyByRows(z, start.weights, decoder.initialHidden, rows, hidden, latent, views.startBias.weights);
    decoder.forward(rows);
    multiplyByRows(decoder.outputs, out.weights, reconstruction, steps * rows, 1, hidden, views.outBias.weights);
    const [y, x] = [reconstruction.values, encoder.inputs.values];
    let loss = 0;
    let ofBias = 0;
    for (let i = 0; i < steps * rows; i++) {
      const difference = y[i]! - x[i]!;
      loss += difference * difference;
      y[i] = 2 * difference;
      ofBias += 2 * difference;
    }
    views.outBias.gradients[0] = ofBias;
    const cells = steps * rows;
    engine.multiply({
      a: reconstruction,
      b: decoder.outputs,
      out: out.gradients,
      m: 1,
      n: hidden,
      inner: cells,
      transposeA: true,
    });
    engine.multiply({ a: reconstruction, b: out.weights, out: decoder.outputGradients, m: cells, n: hidden, inner: 1 });
    decoder.backward(rows);
    const toStart = decoder.initialHiddenGradients;
    engine.multiply({ a: toStart, b: z, out: start.gradients, m: hidden, n: latent, inner: rows, transposeA: true });
    engine.multiply({ a: toStart, b: start.weights, out: zGradients, m: rows, n: latent, inner: hidden });
    addUp(toStart.values, hidden, rows, views.startBias.gradients);
    const [g, zg] = [posteriorGradients.values, zGradients.values];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < latent; j++) {
        const at = i * 2 * latent + j;
        const [mean, logVariance, by] = [p[at]!, p[at + latent]!, zg[i * latent + j]!];
        const variance = Math.exp(logVariance);
        loss -= 0.5 * (1 + logVariance - mean * mean - variance);
        g[at] = by + mean;
        g[at + latent] = 0.5 * by * noise[i * latent + j]! * Math.sqrt(variance) + 0.5 * (variance - 1);
      }
    }
    engine.multiply({
      a: posteriorGradients,
      b: encoder.outputs,
      out: heads.gradients,
      m: 2 * latent,
      n: hidden,
      inner: rows,
      transposeA: true,
    });
    addUp(g, 2 * latent, rows, views.headBias.gradients);
    engine.multiply({
      a: posteriorGradients,
      b: heads.weights,
      out: encoder.outputGradients,
      m: rows,
      n: hidden,
      inner: 2 * latent,
    });
    encoder.backward(rows);
    views.encoder.gradients.set(encoder.weightGradients.values);
    views.decoder.gradients.set(decoder.weightGradients.values);
    views.heads.gradients.set(heads.gradients.values);
    views.start.gradients.set(start.gradients.values);
    views.out.gradients.set(out.gradients.values);
    step();
    return loss / rows;
  };

  /** a · bᵀ + bias. */
  function multiplyByRows(
    a: FloatBuffer,
    b: FloatBuffer,
    to: FloatBuffer,
    m: number,
    n: number,
    inner: number,
    bias: Float32Array,
  ): void {
    engine.multiply({ a, b, out: to, m, n, inner, transposeB: true });
    const values = to.values;
    for (let i = 0, at = 0; i < m; i++) for (let j = 0; j < n; j++, at++) values[at]! += bias[j]!;
  }

  function step(): void {
    updates++;
    let sum = 0;
    for (let i = 0; i < total; i++) sum += gradients[i]! * gradients[i]!;
    const factor = Math.min(1, 5 / (Math.sqrt(sum) + 1e-6));
    const rate = 5e-4 / (1 - 0.9 ** updates);
    const correction = 1 / (1 - 0.999 ** updates);
    for (let i = 0; i < total; i++) {
      const g = gradients[i]! * factor;
      const m = 0.9 * first[i]! + 0.1 * g;
      const v = 0.999 * second[i]! + 0.001 * g * g;
      first[i] = m;
      second[i] = v;
      parameters[i]! -= (rate * m) / (Math.sqrt(v * correction) + 1e-8);
    }
  }

  return { update, infer };
}

function addUp(matrix: ArrayLike<number>, columns: number, rows: number, sums: Float32Array): void {
  sums.fill(0);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) sums[j]! += matrix[at]!;
}

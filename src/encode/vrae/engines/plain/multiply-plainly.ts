import type { MatrixProduct } from '../../recurrent-engine.js';

/** Any matrix product from its definition: each sum runs in order, in double precision, from what is in `out` or zero. */
export function multiplyPlainly(product: MatrixProduct): void {
  const { m, n, inner, transposeA = false, transposeB = false, accumulate = false } = product;
  const a = product.a.values;
  const b = product.b.values;
  const out = product.out.values;
  const [rowOfA, columnOfA] = transposeA ? [1, m] : [inner, 1];
  const [rowOfB, columnOfB] = transposeB ? [1, inner] : [n, 1];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? out[i * n + j]! : 0;
      for (let k = 0; k < inner; k++) sum += a[i * rowOfA + k * columnOfA]! * b[k * rowOfB + j * columnOfB]!;
      out[i * n + j] = sum;
    }
  }
}
